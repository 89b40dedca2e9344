-- Who runs what a callback has made runnable, when C does not come back?             18.2.4
--
-- golang/go 57103, open (as is pull request 57104): the main loop is C's, and now and then it calls Go. The
-- Go function starts something and returns. The P on which it ran stays attached to the thread, which is C's
-- again: what was made runnable lies in that P's queue until sysmon looks twice. sysmon has found nothing to
-- take for long, and looks every 10 ms.
--
-- Look at the P between CALLBACK_END and P_RETAKE: a goroutine waits in its queue, and nobody runs it.
-- What helps today: a P that is free, 08_handoff_right. runtime.Gosched() at the end of the callback hands the P
-- over, but not each time: try it, and look at the first key.

scenario {
  title = "The P stays with the thread that went back to C (golang/go 57103)",
  book = "18.2.4", procs = 2, seed = 1,
}

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
  longest_wait = between("9ms", "20ms"), -- sysmon's second look
  retakes      = at_least(keys),         -- each key had to wait for it
  findings     = {},                     -- no goroutine waits for more than 20 ms: the figures are the point
}
