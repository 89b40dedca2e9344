-- What does it cost to wait once, after the last command?                           18.1.3
--
-- 18_1_3_sync_each_wrong with one clFinish, behind the loop. Nothing is lost by it: commands of one queue run in the
-- order in which they came, so each finds the result of the one before. The host is ahead of the device
-- now; what limits it is the enqueueing, 1.5 us for a kernel of 1 us.
--
-- Change one thing:  --set takes=5us   kernels longer than an enqueue: the device never waits

scenario { title = "One wait, at the end", book = "18.1.3", procs = 2, seed = 1 }

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
    add:launch { takes = takes }
  end
  cl.finish()
  note "One wait for all: the queue has kept the order, and the device never waited for me to wake up."
  pin:Unpin()
  done:send(true)
end)

main(function() done:recv() end)

expect {
  launches    = 2 * steps,
  crossings   = 2 * steps + 1,      -- one for each launch, one to wait
  device_busy = at_least("32us"),
  device_idle = at_most("30us"),    -- an enqueue takes longer than such a kernel
  findings    = {},
}
expect.result("x", function(i, v) return v == i / 2^steps + 2 * (1 - 1 / 2^steps) end)
