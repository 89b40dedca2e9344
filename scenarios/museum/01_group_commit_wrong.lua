-- Who joins the group that C commits?                                                18.2.3
--
-- golang/go 19574 (open) and cockroachdb 14138: RocksDB groups commits. The first writer that comes leads: it waits until the write
-- before is done, and then writes for all that have joined meanwhile; they wait in C. With threads of C's own that works, for all are
-- there at once. Goroutines come through the door one by one: each that waits in C keeps a P, until sysmon takes it. So few are in
-- when a write begins, the groups are small, and every one that waits has cost a thread.
--
-- In that thread the difference was gone as soon as sysmon slept for 1 ms at most, in place of 10. Look at P_RETAKE, and at
-- the note at the end. The fix: 01_group_commit_right forms the same groups by the same rule, in Go.

scenario { title = "Commits that are grouped in C (golang/go 19574)", book = "18.2.3", procs = 4, seed = 1 }

local writers = knob("writers", 48)
local commits = knob("commits", 3)      -- of each writer, one after the other
local write   = knob("write", "500us")  -- one append to the log, however many are in it

local writes  = 0
local mu, log = C.mutex(), C.mutex()    -- of the list of those that wait; of the log
local all     = sync.WaitGroup("all")

local function new_group() return { members = 0, done = C.mutex("done") } end
local group = new_group()

local function commit()
  C.call("rocksdb_write", function()
    mu:lock()
    local mine = group
    mine.members = mine.members + 1
    local leads = mine.members == 1
    if leads then mine.done:lock() end
    mu:unlock()
    if leads then
      log:lock()                        -- until the group before is written; meanwhile others may join
      mu:lock()
      group = new_group()
      mu:unlock()
      C.work(write)
      writes = writes + 1
      log:unlock()
    else
      mine.done:lock()                  -- until it is written; a thread waits
    end
    mine.done:unlock()
  end)
end

main(function()
  for _ = 1, writers do
    all:Go("writer", function()
      for _ = 1, commits do commit() end
    end)
  end
  all:Wait()
  note(writers * commits .. " commits in " .. writes .. " writes")
end)

expect {
  crossings = writers * commits,
  findings  = { "thread-inflation" },
}
