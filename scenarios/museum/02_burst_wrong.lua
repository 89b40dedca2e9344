-- Where do the threads of a burst go when it is over?                                18.2.3
--
-- golang/go 14592, open since 2016 (and 71150, about their stacks): for a few milliseconds many goroutines
-- wait in C at once, each on a thread of its own. The runtime parks the threads afterwards and never ends
-- them: a program that is busy with two threads for the rest of the day keeps forty.
--
-- Look at the threads on the idle list after the first note: nobody will ever need them again.
-- The fix: 02_burst_right lets few goroutines into C at once. (A goroutine that ends while it is locked to
-- its thread takes the thread with it: 02_burst_ends.)

scenario {
  title = "A burst of C calls leaves its threads behind (golang/go 14592)",
  book = "18.2.3", procs = 2, seed = 1,
}

local burst = knob("burst", 40)
local done  = chan(burst)

local function query()
  C.call("sqlite3_step", "5ms")
  done:send(true)
end

main(function()
  for _ = 1, burst do go("query", query) end
  for _ = 1, burst do done:recv() end
  note "The burst is over. Its threads are parked."
  for _ = 1, 3 do sleep "5ms" end
  note "Much later: they still are."
end)

expect {
  threads       = at_least(30), -- of which Go code needs two
  threads_ended = 0,            -- a parked thread is never given back
  findings      = { "thread-inflation" },
}
