-- What does a message cost? Two goroutines, two unbuffered channels. `make bench` runs it beside Go.
scenario { title = "Ping-pong", book = "18.4.1", procs = 1, seed = 1, limit = "1000s" }
local rounds = knob("rounds", 1000000)
local ping, pong = chan(0), chan(0)

go("pong", function()
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
end)
