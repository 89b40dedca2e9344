-- What does the host read if it looks where the launch has returned?                18.1.1
--
-- 18_1_1_enqueue with a look at y[1] behind the launch. It sees 1, as it was before
-- the launch: no error, no warning, the old value. On a real device it may be any mixture of old and new. That a
-- launch has returned says that the command was accepted, and nothing else.

scenario { title = "A look at the result too early", book = "18.1.1", procs = 1, seed = 1 }

local takes = knob("takes", "100us")    -- what the kernel needs on the device
local work  = knob("work", "100us")     -- what the host has to do besides
local n     = 65536
local seen  = heap.floats("seen", 1)    -- what the host saw of y[1]

main(function()
  local x = heap.floats("x", n, function(i) return i end)
  local y = heap.floats("y", n, function(i) return i end)
  local pin = runtime.Pinner()
  pin:Pin(x)
  pin:Pin(y)

  cl.kernel("saxpy", y, x, 2.0):launch { takes = takes } -- y = 2x + y
  seen[0] = y[1]
  note "The launch has returned. What I read now was there before."
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
expect.result("seen", function(_, v) return v == 1.0 end) -- y[1] was 1 before, and is 3 afterwards
expect.result("y", function(i, v) return v == 2.0 * i + i end)
