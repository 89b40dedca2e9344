-- Is a call out of Go a blocking call, if it is over at once?                       18.2.1
--
-- The twin of short_calls.go. 18_2_1_short_calls with calls that do nothing: whether sysmon sees one twice is then luck on no
-- machine. All come back by the fast path, and the worker does not run in between.

scenario { title = "Five hundred short calls", book = "18.2.1", procs = 1, seed = 1 }

local done = chan(2)

go("worker", function() done:send(true) end)

go("caller", function()
  for _ = 1, 500 do C.call("poll", "0ns") end
  done:send(true)
end)

main(function()
  for _ = 1, 2 do done:recv() end
end)
