-- Who ends a wait that has a timeout?
--
-- The twin of timeout.go: an answer that never comes, and a timer; whichever is ready first.

scenario { title = "An answer that never comes", procs = 1, seed = 1 }

local answer, done = chan(), chan()

go("asker", function()
  for _ = 1, 3 do select { case.recv(answer), case.recv(time.After("5ms")) } end
  done:send(true)
end)

main(function()
  done:recv()
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
