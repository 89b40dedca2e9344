-- What does it cost to wait for the device inside C, when it does not take long?    18.2.2
--
-- 18_2_2_blocking with a kernel of 5 us. clFinish returns before sysmon has seen the call twice: the P
-- is still there, the goroutine goes on with it (exitsyscall's fast path), and no thread was needed.
-- sysmon is no timer for slow calls; it only ever takes what it sees a second time.

scenario { title = "Back before sysmon looks twice", book = "18.2.2", procs = 2, seed = 1 }

local workers = knob("workers", 4)      -- goroutines with work of their own
local takes   = knob("takes", "5us")    -- what the kernel needs on the device
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
  note "Back in Go: my P was still there."

  pin:Unpin()
  done:send("launcher")
end)

main(function()
  for _ = 1, workers + 1 do done:recv() end
  note "All are done. Nobody noticed that the launcher was away."
end)

expect {
  launches = 1,
  retakes    = 0,
  handoffs   = 0,
  exits_fast = 2,         -- the launch, and clFinish
  threads    = at_most(1 + runtime.GOMAXPROCS(0)), -- sysmon, and one for each P
  findings = {},
}
expect.result("y", function(i, v) return v == 2.0 * i + i end)
