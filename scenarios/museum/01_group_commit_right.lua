-- What if the groups are formed where waiting costs no thread?                       18.2.3
--
-- 01_group_commit_wrong line by line, with Go's locks in place of C's, and a channel that is closed when the group is written. The
-- leader alone enters C, once for all of them. The others are parked: when the write before is done, everybody has
-- joined. cockroachdb measured 10 to 50 % more commits by this change; RocksDB's own grouping had nothing left to do.
--
-- Change one thing:  --set write=100us   in both: with a quicker disk, is the difference larger or smaller?

scenario { title = "Commits that are grouped in Go (cockroachdb 14138)", book = "18.2.3", procs = 4, seed = 1 }

local writers = knob("writers", 48)
local commits = knob("commits", 3)      -- of each writer, one after the other
local write   = knob("write", "500us")  -- one append to the log, however many are in it

local mu, log = sync.Mutex(), sync.Mutex()
local writes  = 0
local all     = sync.WaitGroup("all")

local function new_group() return { members = 0, done = chan(0, "done") } end
local group = new_group()

local function commit()
  mu:Lock()
  local mine = group
  mine.members = mine.members + 1
  local leads = mine.members == 1
  mu:Unlock()
  if not leads then
    mine.done:recv()                      -- parked: no thread, no P
    return
  end
  log:Lock()                              -- until the group before is written; meanwhile others join
  mu:Lock()
  group = new_group()
  mu:Unlock()
  C.call("rocksdb_write", write)          -- one call for all of them
  writes = writes + 1
  log:Unlock()
  mine.done:close()
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
  crossings = at_most(2 * commits + 2), -- one for each group
  threads   = at_most(6),
  findings  = {},
}
