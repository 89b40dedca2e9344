-- What do 100 goroutines cost that wait in C?                                       18.2.3
--
-- Each calls a C function that returns when its sensor has something to say, after 20 ms. A goroutine in C keeps its thread,
-- and each time sysmon takes the P from one, another thread has to go on with it: into the next call. When all of
-- them wait, 100 threads do. Two Ps did not prevent it; GOMAXPROCS counts threads that run Go code. None of the
-- threads is ever given back. At 10,000 the program would end.
--
-- Change one thing:  18_2_3_inflation_right   the same wait, once in C and a hundred times at a channel

scenario { title = "A hundred goroutines wait in C", book = "18.2.3", procs = 2, seed = 1 }

local waiters = knob("waiters", 100)
local takes   = knob("takes", "20ms")   -- until the sensor has something to say
local done    = chan(waiters)

for _ = 1, waiters do
  go("waiter", function()
    C.call("wait_for_sensor", takes)
    done:send(true)
  end)
end

main(function()
  for _ = 1, waiters do done:recv() end
  note "All have been told. The threads stay."
end)

expect {
  crossings = waiters,
  retakes   = at_least(waiters - 2),
  threads   = at_least(waiters // 2), -- one for each, if all of them wait before the first is back
  findings  = { "thread-inflation" },
}
