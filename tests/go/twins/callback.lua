-- What happens when a thread that C made calls Go?                                  18.2.4
--
-- The twin of callback.go: 18_2_4_callback with one driver, who calls every 4 ms. It is started before the twin begins.
-- The other goroutine is the recorder's, which the real program has too: it sleeps, and so the thread that finds
-- nothing to do waits in the poller for its timer, not on the idle list.

scenario { title = "A driver calls back eight times", book = "18.2.4", procs = 2, seed = 1 }

local events = chan(8)

go("runtime.traceAdvancer", function() sleep "1s" end)

main(function()
  C.thread("driver", function()
    C.work "10ms"
    for _ = 1, 8 do
      C.work "4ms"
      C.callback("onEvent", function() events:send(true) end)
    end
  end)
  sleep "5ms"
  note "begin"
  for _ = 1, 8 do events:recv() end
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
