-- Why do names that are known in a millisecond wait for a name server that is down?           18.2.3
--
-- golang/go 63978: the resolver of C's library holds a thread for as long as a lookup takes, so package net lets only so many
-- in at a time, 500 (net.acquireThread: a channel that a sync.Once makes). It is one limit for all names. When as many lookups
-- hang as there are places, every other one waits behind them, however quick it would be: head-of-line blocking. The limit
-- protects from the 10,000 threads of 03_thread_limit, and that is the price of it.
--
-- Look at threadLimit: who sends there waits for a thread, and `faultline why` says which lookup it waits for. The fix:
-- 21_resolver_right asks with Go's own resolver.

scenario { title = "Every name waits for the slow ones (golang/go 63978)", book = "18.2.3", procs = 2, seed = 1 }

local places = knob("places", 12) -- 500 in Go
local slow   = knob("slow", 24)
local fast   = knob("fast", 20)

local threadOnce, threadLimit = sync.Once(), nil
local quick = sync.WaitGroup()

local function lookup(d)
  threadOnce:Do(function() threadLimit = chan(places, "threadLimit") end)
  threadLimit:send(true)    -- acquireThread
  C.call("getaddrinfo", d)  -- a thread waits for the answer
  threadLimit:recv()        -- releaseThread
end

main(function()
  for _ = 1, slow do go("slow", function() lookup "50ms" end) end
  sleep "1ms"
  for _ = 1, fast do quick:Go("fast", function() lookup "1ms" end) end
  quick:Wait()              -- the quick ones only
end)

expect {
  time      = at_least("100ms"), -- twice 50 ms, and then the quick ones
  crossings = slow + fast,
  findings  = { "thread-inflation" }, -- twelve threads that do nothing but wait
}
