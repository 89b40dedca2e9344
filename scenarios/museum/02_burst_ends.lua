-- How does a program get rid of a thread?                                            18.2.5
--
-- 02_burst_wrong, and each goroutine locks itself to its thread and ends without unlocking: the one way in
-- which Go gives a thread back (golang/go 14592 has it as a workaround, 20395 made it so). There are as many
-- threads as before while the burst lasts, and almost none of them afterwards. It is no cure: each call pays
-- for a new thread, some 30 us.

scenario {
  title = "Threads that end with their goroutines (golang/go 14592)",
  book = "18.2.5", procs = 2, seed = 1,
}

local burst = knob("burst", 40)
local done  = chan(burst)

local function query()
  runtime.LockOSThread() -- and never unlock
  C.call("sqlite3_step", "5ms")
  done:send(true)
end

main(function()
  for _ = 1, burst do go("query", query) end
  for _ = 1, burst do done:recv() end
  sleep "1ms" -- the last one has sent, and has yet to end
  note "The burst is over, and so are its threads."
  for _ = 1, 3 do sleep "5ms" end
end)

expect {
  threads       = at_least(30), -- the burst is as it was ...
  threads_ended = 39,           -- ... and each thread has ended with its goroutine, but the first of the process
  findings      = { "thread-inflation" },
}
