-- Who ends a wait that has a timeout?
--
-- The twin of timeout.go, as far as there is no select: the goroutine receives from the timer's channel only. What a select
-- adds is the name of the wait.

scenario { title = "An answer that never comes", procs = 1, seed = 1 }

local done = chan()

go("asker", function()
  for _ = 1, 3 do time.After("5ms"):recv() end
  done:send(true)
end)

main(function()
  done:recv()
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
