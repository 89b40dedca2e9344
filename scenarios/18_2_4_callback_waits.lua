-- How long can a callback wait at Go's door?                                        18.2.4
--
-- A sound card wants its buffer filled every millisecond, and its driver's thread calls Go for it. It comes in by the
-- door that everyone takes who returns from C, and there a P is needed. There are two, and a worker computes on each.
-- The callback's goroutine queues, and with it the driver's thread stands still, until a slice of 10 ms is over and
-- sysmon has seen that. Nobody in C can hurry it.
--
-- Change one thing:  --procs 3         a P is free: no wait (and the expectation says so)
--                    --set work=5ms    the workers are done before their slices are over: the wait is shorter

scenario { title = "A callback queues for a P", book = "18.2.4", procs = 2, seed = 1 }

local work   = knob("work", "12ms")     -- Go code in one piece
local filled = chan(4)

for _ = 1, 2 do
  go("worker", function() compute(work) end)
end

main(function()
  C.thread("audio", function()
    for i = 1, 4 do
      C.work "1ms"
      C.callback("fillBuffer", function()
        note("Buffer " .. i .. " is filled.")
        filled:send(i)
      end)
    end
  end)
  for _ = 1, 4 do filled:recv() end
end)

expect {
  callbacks = 4,
  time      = between("10ms", "25ms"), -- not 4 ms
  findings  = {},
}
