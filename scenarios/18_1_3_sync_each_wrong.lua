-- What does it cost to wait after every command?                                    18.1.3
--
-- Sixteen steps x = x / 2 + 1, each of two kernels of 1 us. After each kernel the host waits in clFinish,
-- since the next one needs its result. The device waits, too: for the host to be woken (5 us), to enqueue
-- (1.5 us), and for the command to start (2.5 us). It works for 1 us, and stands still for 9.
--
-- Change one thing:  18_1_3_sync_late   one wait, at the end: the queue keeps the order by itself
--                    18_1_3_fused       one kernel for all steps
--                    18_1_3_recorded    a list of eight kernels, recorded once, launched four times

scenario { title = "A wait after every command", book = "18.1.3", procs = 2, seed = 1 }

local steps = knob("steps", 16)
local takes = knob("takes", "1us")      -- what a kernel needs on the device
local n     = 4096
local done  = chan()

go("host", function()
  local x = heap.floats("x", n, function(i) return i end)
  local pin = runtime.Pinner()
  pin:Pin(x)
  local scale, add = cl.kernel("scale", x, 0.5), cl.kernel("add", x, 1.0)
  for _ = 1, steps do
    scale:launch { takes = takes }
    cl.finish()
    add:launch { takes = takes }
    cl.finish()
  end
  note "Every command was followed by a wait: the device has stood still most of the time."
  pin:Unpin()
  done:send(true)
end)

main(function() done:recv() end)

expect {
  launches    = 2 * steps,
  crossings   = 4 * steps,          -- half of them only to wait
  device_busy = at_least("32us"),
  device_idle = at_least("250us"),  -- nine tenths of its time
  findings    = { "device-idle" },
}
expect.result("x", function(i, v) return v == i / 2^steps + 2 * (1 - 1 / 2^steps) end)
