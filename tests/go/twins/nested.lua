-- What if C calls Go, and Go waits there?                                           18.2.4
--
-- The twin of nested.go. The goroutine whose C frames lie on the thread's stack is locked to that thread while it is in the
-- callback: whoever finds it runnable has to hand the P to that thread.

scenario { title = "Go in C in Go, three times", book = "18.2.4", procs = 1, seed = 1 }

local ask, answer, done = chan(), chan(), chan()

go("locked_walker", function()
  C.call("each", function()
    for _ = 1, 3 do
      C.callback("visit", function()
        ask:send(true)
        answer:recv()
      end)
    end
  end)
  done:send(true)
end)

go("helper", function()
  for _ = 1, 3 do
    ask:recv()
    answer:send(true)
  end
end)

main(function() done:recv() end)
