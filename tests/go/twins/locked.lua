-- What does LockOSThread do to a ping-pong?                                         18.2.5
--
-- The twin of locked.go. A switch to the locked goroutine is a switch of threads: the P is handed to its thread, and taken
-- from there again.

scenario { title = "Ping-pong with a locked goroutine", book = "18.2.5", procs = 1, seed = 1 }

local rounds     = 50
local ping, pong = chan(), chan()

go("locked", function()
  runtime.LockOSThread()
  for _ = 1, rounds do
    ping:recv()
    pong:send(true)
  end
end)

main(function()
  for _ = 1, rounds do
    ping:send(true)
    pong:recv()
  end
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
