-- What does it cost when all steps are one kernel?                                  18.1.3
--
-- 18_1_3_sync_each_wrong with one kernel that does the sixteen steps. Crossings and launches are gone, and so is
-- most of the device's own work: the separate kernels read x and write it 32 times, this one does so once.
-- Fusing is the one remedy that makes the work itself smaller; somebody has to write the kernel, though.
--
-- Change one thing:  18_1_3_recorded   the separate kernels again, but launched by few calls

scenario { title = "All steps in one kernel", book = "18.1.3", procs = 2, seed = 1 }

local steps = knob("steps", 16)
local takes = knob("takes", "2us")      -- what the kernel needs on the device: memory is read and written once
local n     = 4096
local done  = chan()

go("host", function()
  local x = heap.floats("x", n, function(i) return i end)
  local pin = runtime.Pinner()
  pin:Pin(x)
  local scale_add = cl.kernel("scale_add", x, 0.5, 1.0, steps)
  scale_add:launch { takes = takes }
  cl.finish()
  note "One launch, one wait: the steps between have never left the device's registers."
  pin:Unpin()
  done:send(true)
end)

main(function() done:recv() end)

expect {
  launches    = 1,
  crossings   = 2,                  -- the launch, and the wait
  device_busy = at_most("10us"),   -- it was 32
  device_idle = 0,
  findings    = {},
}
expect.result("x", function(i, v) return v == i / 2^steps + 2 * (1 - 1 / 2^steps) end)
