-- A little of what makes goroutines wait without a channel: stops of the world, a locked thread, a ticker, the network.
scenario { title = "stops, locks, timers, the network", procs = 2, seed = 3 }
local done = chan(4)
go("ticker", function()
  local t = time.NewTicker("30us")
  for _ = 1, 3 do t.C:recv() end
  t:Stop()
  local after = time.After("20us")
  after:recv()
  done:send(1)
end)
go("reader", function() net.read "100us" compute "10us" done:send(1) end)
go("locked", function()
  runtime.LockOSThread()
  C.call("glInit", "40us")
  for _ = 1, 5 do compute "20us" runtime.Gosched() end
  done:send(1)
end)
go("busy", function() for _ = 1, 10 do compute "30us" end done:send(1) end)
main(function()
  compute "5us"
  runtime.GC()
  sleep "20us"
  runtime.GOMAXPROCS(1)
  sleep "60us"
  runtime.GOMAXPROCS(3)
  for _ = 1, 4 do done:recv() end
end)
