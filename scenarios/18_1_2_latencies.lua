-- How long does it take to cross to C, and how long to launch?                      18.1.2
--
-- Two latencies are easily taken for one. The crossing: out of Go and back, 27 ns, whatever is called. The launch:
-- until the device has begun, 4 us later; of that the call itself takes 1.5 us inside the driver, and the
-- other 2.5 us pass when it has long returned. Four empty calls first, then four empty kernels, so that the two
-- can be read off the clock; the real figures of the device stand beside the modelled ones.
--
-- Change one thing:  --set takes=20us      the kernels take their time, the launches do not
--                    --set costs.cgo_enter=26ns --set costs.cgo_exit=25ns    the crossing of Go 1.25

scenario { title = "Two latencies", book = "18.1.2", procs = 1, seed = 1 }

local takes = knob("takes", "1ns")      -- what a kernel needs on the device
local times = 4

main(function()
  local x = heap.floats("x", 1024, 1.0)
  local pin = runtime.Pinner()
  pin:Pin(x)
  local scale = cl.kernel("scale", x, 2.0)

  note "Four calls of a C function that does nothing:"
  for _ = 1, times do C.call("nothing", "0ns") end
  note "That was the crossing, four times. Four launches of a kernel that does nothing:"
  for _ = 1, times do scale:launch { takes = takes } end
  note "That was crossing and driver, four times. Waiting until all are done:"
  cl.finish()
  note "All are done; most of this wait was for being woken."
  pin:Unpin()
end)

expect {
  launches   = times,
  crossings  = 2 * times + 1,
  exits_fast = at_least(2 * times), -- none of these calls is long enough for anyone to notice
  in_c       = at_least("6us"),   -- 1.5 us in the driver, four times; the crossings are nothing beside it
  findings   = {},
}
expect.result("x", function(_, v) return v == 2^times end)
