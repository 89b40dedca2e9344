-- What ends a Go program that only waits?                                            18.2.3
--
-- go-gost/gost 550 and others (google/stenographer 56, gozer 12): a proxy dies under load with "thread
-- exhaustion". Every request waits in a blocking call, each wait holds a thread, and sysmon gives each P
-- that it takes from such a wait to one thread more, until checkmcount says no. No P and no goroutine is at
-- fault: nobody counted the waits. gost's is open; gozer had it in 2026.
--
-- The limit is 50 here instead of 10,000. Look for P_RETAKE, and the M_NEW that follows each.
-- The fix: 03_thread_limit_right counts before it calls C.

scenario {
  title = "A thread for each wait, until there are too many (go-gost/gost 550)",
  book = "18.2.3", procs = 2, seed = 1, max_threads = 50,
}

local requests = knob("requests", 60)
local done     = chan(requests)

local function request()
  C.call("getaddrinfo", "5ms") -- a slow name: it waits for somebody else
  done:send(true)
end

main(function()
  for _ = 1, requests do go("request", request) end
  for _ = 1, requests do done:recv() end
end)

expect {
  outcome  = "panic",        -- runtime: program exceeds 50-thread limit
  threads  = at_least(50),   -- one more than there may be
  retakes  = at_least(20),   -- sysmon's doing, each time
  findings = { "thread-inflation" },
}
