-- Why do names that are known in a millisecond no longer wait for a name server that is down?   18.2.3
--
-- 21_resolver_wrong with Go's own resolver (GODEBUG=netdns=go): it asks the name server itself, and who waits for the answer is
-- parked at the network poller. That costs no thread, so there is nothing to be limited, and nobody waits for another's name.

scenario { title = "Only the slow ones wait (golang/go 63978)", book = "18.2.3", procs = 2, seed = 1 }

local slow   = knob("slow", 24)
local fast   = knob("fast", 20)

local quick = sync.WaitGroup()

local function lookup(d)
  net.read(d)               -- the goroutine waits for the answer, and no thread
end

main(function()
  for _ = 1, slow do go("slow", function() lookup "50ms" end) end
  sleep "1ms"
  for _ = 1, fast do quick:Go("fast", function() lookup "1ms" end) end
  quick:Wait()              -- the quick ones only
end)

expect {
  time      = at_most("5ms"),
  crossings = 0,
  findings  = {},
}
