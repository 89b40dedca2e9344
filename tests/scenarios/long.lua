-- Long enough to be killed in the middle: two goroutines play ping-pong for a day of virtual time.
scenario { title = "a long run", limit = "1440m" }
local ping, pong = chan(), chan()
go("partner", function() for v in ping:each() do pong:send(v) end end)
main(function()
  for i = 1, math.huge do
    ping:send(i)
    pong:recv()
  end
end)
