-- Why do callbacks get slower, the more processors there are?                        18.2.4
--
-- golang/go 60961, fixed in 1.22: every call from C to Go asks first whether Go's runtime is there yet, for a program may be C's
-- and load Go as a library. The question (_cgo_wait_runtime_init_done, in C, in every exported function) took a mutex. It has been
-- answered since the first microsecond, but all threads queued for it, at each callback: half of the time was spent there.
--
-- So it is not the scheduler, and not the list of extra Ms, of which these threads, Go's own, need none: the lock is C's, and what
-- waits for it is threads, each with a P. The wrapper is written out here, as cgo generates it; the lock is held for 20 ns.
-- Look at SYNC_QUEUE and SYNC_WAKE, and at the note with --set workers=1, 2, 4, 8, 16.
-- The fix: 07_init_lock_right looks at a flag before.

scenario { title = "A lock around a question long answered (golang/go 60961)", book = "18.2.4", go = "1.20", procs = 16, seed = 1 }

local workers = knob("workers", 8)
local calls   = knob("calls", 30)          -- of each worker
local took    = 0                          -- all of them together
local all     = sync.WaitGroup("all")
local init_mu = C.mutex("runtime_init_mu")

local function wait_runtime_init_done()    -- C's; in Go 1.21 and before
  init_mu:lock()
  C.work "10ns"                            -- is it done? It is.
  init_mu:unlock()
end

local function get_value()
  C.call("get_value", function()
    C.work "100ns"
    wait_runtime_init_done()
    C.callback("goGetValue", function() compute "20ns" end)
  end)
end

main(function()
  get_value()                              -- the first of all
  for _ = 1, workers do
    all:Go("worker", function()
      compute(math.max(0, 2000000 - time.Now()) .. "ns") -- until each has a P; then all begin
      local begun = time.Now()
      for _ = 1, calls do get_value() end
      took = took + time.Since(begun)
    end)
  end
  all:Wait()
  note(string.format("%d ns for each callback", took // (workers * calls)))
end)

expect {
  callbacks = 1 + workers * calls,
  needms    = 0,                           -- no extra M has a part in it
  in_c      = workers < 8 and at_least(0) or at_least(workers * calls * 1000),
  findings  = {},                          -- the figures are the point
}
