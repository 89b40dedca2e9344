-- What does it cost to wait where the launch has returned?                          18.1.1
--
-- 18_1_1_enqueue with the wait moved up: launch, wait, then the host's own work. It is right, and it makes an
-- ordinary function call out of the device: first one works and the other waits, then the other way round.

scenario { title = "A launch, and a wait at once", book = "18.1.1", procs = 1, seed = 1 }

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
  cl.finish()
  note "The result is there; I have done nothing else meanwhile."
  compute(work)
  note "My own work is done; the device has done nothing meanwhile."
  pin:Unpin()
end)

expect {
  launches = 1,
  time     = at_least("200us"), -- the sum of the two
  findings = {},
}
expect.result("y", function(i, v) return v == 2.0 * i + i end)
