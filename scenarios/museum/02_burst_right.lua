-- How does a burst do without a thread for each?                                     18.2.3
--
-- 02_burst_wrong with a semaphore before C: a channel with room for 4. The burst waits in Go, parked, where
-- waiting needs no thread. It takes ten turns of 5 ms instead of one; what stays behind is a handful of threads.

scenario { title = "The burst waits in Go (golang/go 14592)", book = "18.2.3", procs = 2, seed = 1 }

local burst   = knob("burst", 40)
local at_once = knob("at_once", 4)
local done    = chan(burst)
local tokens  = chan(at_once)

local function query()
  tokens:send(true) -- parks, when 4 are out
  C.call("sqlite3_step", "5ms")
  tokens:recv()
  done:send(true)
end

main(function()
  for _ = 1, burst do go("query", query) end
  for _ = 1, burst do done:recv() end
  note "The burst is over. Its threads are parked."
  for _ = 1, 3 do sleep "5ms" end
  note "Much later: they still are, but they are few."
end)

expect {
  threads       = at_most(9), -- 4 in C, one for each P, sysmon, and one or two that were started and found nothing
  threads_ended = 0,
  findings      = {},
}
