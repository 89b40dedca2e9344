-- How long does it take to cross to C, and how long to launch?                      18.1.2
--
-- Two latencies are easily taken for one. The crossing: out of Go and back, 27 ns, whatever is called. The launch:
-- until the device has begun, 4 us later; of that the call itself takes 1.5 us inside the driver, and the
-- other 2.5 us pass when it has long returned. Eight empty calls first, then eight empty kernels, so that the two
-- can be read off the clock; the real figures of the device stand beside the modelled ones.
--
-- Change one thing:  --set takes=20us      the kernels take their time, the eight launches do not
--                    --set costs.cgo_enter=26ns --set costs.cgo_exit=25ns    the crossing of Go 1.25

scenario { title = "Two latencies", book = "18.1.2", procs = 1, seed = 1 }

local takes = knob("takes", "1ns")      -- what a kernel needs on the device
local times = 8

main(function()
  local x = heap.floats("x", 1024, 1.0)
  local pin = runtime.Pinner()
  pin:Pin(x)
  local scale = cl.kernel("scale", x, 2.0)

  note "Eight calls of a C function that does nothing:"
  for _ = 1, times do C.call("nothing", "0ns") end
  note "That was the crossing, eight times. Eight launches of a kernel that does nothing:"
  for _ = 1, times do scale:launch { takes = takes } end
  note "That was eight times crossing and driver. Waiting until all are done:"
  cl.finish()
  note "The last kernel was begun 2.5 us after its launch had returned; being woken took 5 us more."
  pin:Unpin()
end)

expect {
  launches   = times,
  crossings  = 2 * times + 1,
  exits_fast = 2 * times + 1,     -- none was long enough for anyone to notice
  in_c       = at_least("12us"),  -- the driver's 1.5 us eight times; the crossings themselves are nothing beside it
  findings   = {},
}
expect.result("x", function(_, v) return v == 2^times end)
