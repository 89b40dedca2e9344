-- What does a question cost that has been answered once for all?                     18.2.4
--
-- 07_init_lock_wrong with the cure of Go 1.22: an atomic flag says that Go's runtime is there, and the lock is for those that come
-- before. The first callback of all still takes it. Then a callback costs the same with one worker and with sixteen, as two calls
-- do that have nothing to do with each other.
--
-- Every version since keeps the lock, behind the flag: for a library that C has loaded, the question is a real one.

scenario { title = "A flag in front of the lock (golang/go 60961)", book = "18.2.4", go = "1.22", procs = 16, seed = 1 }

local workers = knob("workers", 8)
local calls   = knob("calls", 30)          -- of each worker
local took    = 0                          -- all of them together
local all     = sync.WaitGroup("all")
local init_mu = C.mutex("runtime_init_mu")
local init_done = false

local function wait_runtime_init_done()    -- C's; since Go 1.22
  if init_done then return end             -- an atomic load
  init_mu:lock()
  C.work "10ns"
  init_done = true
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
  needms    = 0,
  in_c      = at_most((1 + workers * calls) * 200),
  findings  = {},
}
