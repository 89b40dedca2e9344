-- What do a hundred goroutines cost that sleep in C?                                18.2.3
--
-- The twin of inflation.go: 18_2_3_inflation_wrong, with a sleep that is long beside what a hundred hand-overs need.

scenario { title = "A hundred goroutines sleep in C", book = "18.2.3", procs = 2, seed = 1 }

local waiters = 100
local done    = chan(waiters)

for _ = 1, waiters do
  go("waiter", function()
    C.call("wait_for_sensor", "500ms")
    done:send(true)
  end)
end

main(function()
  for _ = 1, waiters do done:recv() end
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
