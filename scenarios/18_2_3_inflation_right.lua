-- What do 100 goroutines cost that wait at a channel?                               18.2.3
--
-- 18_2_3_inflation_wrong with one goroutine that waits in C; the others wait until it closes a channel. They park: a few
-- hundred bytes each, no thread, no P. One thread is in C, and the threads of the two Ps have nothing to do.

scenario { title = "A hundred goroutines wait at a channel", book = "18.2.3", procs = 2, seed = 1 }

local waiters = knob("waiters", 100)
local takes   = knob("takes", "20ms")   -- until the sensor has something to say
local done    = chan(waiters)
local told    = chan()

go("sensor", function()
  C.call("wait_for_sensor", takes)
  told:close()
end)

for _ = 1, waiters do
  go("waiter", function()
    told:recv()
    done:send(true)
  end)
end

main(function()
  for _ = 1, waiters do done:recv() end
  note "All have been told."
end)

expect {
  crossings = 1,
  retakes   = at_most(1),
  threads   = at_most(2 + runtime.GOMAXPROCS(0)), -- sysmon, the one in C, and one for each P
  findings  = {},
}
