-- What helps a callback whose thread stays in C?                                     18.2.4
--
-- 08_handoff_wrong with a third P. The issue is open, so this is no cure: the P still stays with the thread in C.
-- But there is one that is free when the callback makes a goroutine runnable (wakep), and a thread takes it
-- and steals the goroutine from beside the call.

scenario { title = "Another P comes for the work (golang/go 57103)", book = "18.2.4", procs = 3, seed = 1 }

local keys = knob("keys", 4)
local work = chan(keys)
local done = chan(1)

go("crunch", function() compute "400ms" end) -- it keeps the other P busy

go("handler", function()
  for _ = 1, keys do
    work:recv()
    compute "50us"
  end
  done:send(true)
end)

main(function()
  C.thread("event loop", function()
    for i = 1, keys do
      C.work "35ms" -- nobody presses a key
      C.callback("goKey", function() work:send(i) end)
    end
    C.work "35ms"
  end)
  done:recv()
end)

expect {
  callbacks    = keys,
  longest_wait = at_most("1ms"), -- a thread woken up, and 3 us before it may steal
  steals       = at_least(keys),
  findings     = {},
}
