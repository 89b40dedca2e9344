-- What does it cost to wait for the device inside C?                                18.2.2
--
-- cl.finish() blocks in clFinish. The runtime cannot see why: the goroutine is in C, its thread is
-- the driver's, and its P stands still behind it, with the workers in its queue. sysmon looks every
-- 20 us; when it sees the same call a second time it takes the P away (retake), and another thread
-- goes on with it (handoffp). The price is a thread, not a P.
--
-- Change one thing:  18_2_2_one_proc    one P instead of two
--                    18_2_2_fast_path   a kernel that is done before sysmon looks twice
--                    18_2_2_pure_go     the same work without C

scenario { title = "A wait the scheduler cannot see", book = "18.2.2", procs = 2, seed = 1 }

local workers = knob("workers", 4)      -- goroutines with work of their own
local takes   = knob("takes", "120us")  -- what the kernel needs on the device
local n       = 65536
local done    = chan(workers + 1)

for w = 1, workers do
  go("worker", function()
    for _ = 1, 4 do compute "25us" end
    done:send("worker " .. w)
  end)
end

-- main starts the launcher last, so it runs first (runnext), and the workers queue behind it.
go("launcher", function()
  local x = heap.floats("x", n, function(i) return i end)
  local y = heap.floats("y", n, function(i) return i end)
  local pin = runtime.Pinner()
  pin:Pin(x) -- the device will hold their addresses
  pin:Pin(y)

  local saxpy = cl.kernel("saxpy", y, x, 2.0) -- y = 2x + y
  saxpy:launch { takes = takes }
  note "The launch has returned: one short crossing, and nothing has been computed yet."
  cl.finish()
  note "Back in Go: my P was given to others, so I had to find one first."

  pin:Unpin()
  done:send("launcher")
end)

main(function()
  for _ = 1, workers + 1 do done:recv() end
  note "All are done. The workers waited for sysmon, never for the device."
end)

expect {
  launches = 1,
  retakes  = 1,           -- sysmon took the P from clFinish ...
  handoffs = at_least(1), -- ... and somebody went on with it
  threads  = at_most(2 + runtime.GOMAXPROCS(0)), -- sysmon, the one in C, and one for each P
  findings = {},
}
expect.result("y", function(i, v) return v == 2.0 * i + i end)
