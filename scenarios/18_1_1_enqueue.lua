-- When has a kernel launch returned, and what has happened by then?                 18.1.1
--
-- A launch puts a command into the device's queue and returns. The kernel needs 100 us; the host has 100 us of
-- work of its own, and does it meanwhile. Only then it waits, and there is hardly anything left to wait
-- for. Two units work at the same time, and no second goroutine was needed for it.
--
-- Change one thing:  18_1_1_wait_at_once   the wait moved up by one line
--                    18_1_1_read_early     a look at the result where the launch has returned

scenario { title = "Enqueue and return", book = "18.1.1", procs = 1, seed = 1 }

local takes = knob("takes", "100us")    -- what the kernel needs on the device
local work  = knob("work", "100us")     -- what the host has to do besides
local n     = 65536

main(function()
  local x = heap.floats("x", n, function(i) return i end)
  local y = heap.floats("y", n, function(i) return i end)
  local pin = runtime.Pinner()
  pin:Pin(x)
  pin:Pin(y)

  cl.kernel("saxpy", y, x, 2.0):launch { takes = takes } -- y = 2x + y
  note "The launch has returned. The kernel has not even begun."
  compute(work)
  note "My own work is done; now I need the result."
  cl.finish()
  note "Now it is there."
  pin:Unpin()
end)

expect {
  launches = 1,
  time     = at_most("130us"),  -- the longer of the two, not their sum
  findings = {},
}
expect.result("y", function(i, v) return v == 2.0 * i + i end)
