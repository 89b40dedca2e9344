-- How many goroutines may wait in C at once?                                         18.2.3
--
-- 03_thread_limit_wrong with a semaphore: a channel with room for 4. Who finds it full parks, and a parked
-- goroutine needs no thread. All requests are answered, with a seventh of the threads; the price is that
-- they take fifteen turns.

scenario {
  title = "Four waits at a time (go-gost/gost 550)",
  book = "18.2.3", procs = 2, seed = 1, max_threads = 50,
}

local requests = knob("requests", 60)
local at_once  = knob("at_once", 4)
local done     = chan(requests)
local tokens   = chan(at_once)

local function request()
  tokens:send(true) -- parks, when 4 are out
  C.call("getaddrinfo", "5ms")
  tokens:recv()
  done:send(true)
end

main(function()
  for _ = 1, requests do go("request", request) end
  for _ = 1, requests do done:recv() end
end)

expect {
  outcome  = "exited",
  threads  = at_most(9), -- 4 in C, one for each P, sysmon, and one or two that were started and found nothing
  findings = {},
}
