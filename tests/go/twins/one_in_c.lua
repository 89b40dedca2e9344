-- What does it cost if one goroutine waits in C, and a hundred for it at a channel? 18.2.3
--
-- The twin of one_in_c.go, after 18_2_3_inflation_right: waiting at a channel costs no thread. Whom does close wake in which
-- order, and who of them runs first?

scenario { title = "One in C, a hundred at a channel", book = "18.2.3", procs = 1, seed = 1 }

local waiters = 100
local told    = chan()
local done    = chan(waiters)

for _ = 1, waiters do
  go("waiter", function()
    told:recv()
    done:send(true)
  end)
end

go("sensor", function()
  C.call("wait_for_sensor", "30ms")
  told:close()
end)

main(function()
  for _ = 1, waiters do done:recv() end
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
