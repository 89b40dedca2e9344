-- What does it cost to wait for the device inside C, when there is one P only?      18.2.2
--
-- 18_2_2_blocking with procs = 1. The one P goes into C with the launcher: from then on no Go code
-- runs at all, although four goroutines could, until sysmon has looked twice and a new thread has
-- taken the P. Until then the program is as dead as the C function makes it.

scenario { title = "One P, and it stands still in C", book = "18.2.2", procs = 1, seed = 1 }

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
  behind_c = at_least("35us"), -- nothing ran until the second look
  threads  = at_most(2 + runtime.GOMAXPROCS(0)), -- sysmon, the one in C, and one for each P
  findings = {},
}
expect.result("y", function(i, v) return v == 2.0 * i + i end)
