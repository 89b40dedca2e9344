-- What does a parked goroutine weigh? `make bench` runs it with a million.
scenario { title = "Parked goroutines", book = "18.2.3", procs = 2, seed = 1, limit = "1000s" }
local n = knob("goroutines", 1000)
local gate = chan(0)

main(function()
  for _ = 1, n do
    go(function() gate:recv() end)
  end
  sleep "1ms"
end)
