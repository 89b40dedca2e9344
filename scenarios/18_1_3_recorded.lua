-- What does it cost to launch a list that was recorded once?                        18.1.3
--
-- 18_1_3_sync_late with eight kernels to a list (a captured graph; in OpenCL a command buffer). The kernels are the
-- same 32; what was checked and translated at each launch is checked once, when the list is recorded. A
-- list costs one crossing and 0.9 us for each kernel in it, where a launch of its own costs 1.5.
--
-- Change one thing:  --set takes=5us   where kernels are longer than an enqueue the device is the limit, and the
--                                      list makes the host idle, not the program faster

scenario { title = "A recorded list", book = "18.1.3", procs = 2, seed = 1 }

local steps = knob("steps", 16)         -- four to a list
local takes = knob("takes", "1us")      -- what a kernel needs on the device
local n     = 4096
local done  = chan()

go("host", function()
  local x = heap.floats("x", n, function(i) return i end)
  local pin = runtime.Pinner()
  pin:Pin(x)
  local scale, add = cl.kernel("scale", x, 0.5), cl.kernel("add", x, 1.0)
  local list = cl.record(scale, add, scale, add, scale, add, scale, add)
  for _ = 1, steps, 4 do
    list:launch { takes = takes }
  end
  cl.finish()
  note "Four calls have launched 32 kernels."
  pin:Unpin()
  done:send(true)
end)

main(function() done:recv() end)

expect {
  launches    = 2 * steps,
  crossings   = steps // 4 + 1,     -- one for each list, one to wait
  device_busy = at_least("32us"),
  device_idle = at_most("10us"),
  findings    = {},
}
expect.result("x", function(i, v) return v == i / 2^steps + 2 * (1 - 1 / 2^steps) end)
