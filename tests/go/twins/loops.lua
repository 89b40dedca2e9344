-- Who stops a loop that calls nothing?                                              18.2.1
--
-- The twin of loops.go. Two loops of 60 ms on one P: sysmon asks for the P back when it has seen the same time slice for
-- 10 ms, and a signal stops the loop. The two take turns.

scenario { title = "Two loops without a call", book = "18.2.1", procs = 1, seed = 1 }

local done = chan(2)

for _ = 1, 2 do
  go("loop", function()
    compute "60ms"
    done:send(true)
  end)
end

main(function()
  for _ = 1, 2 do done:recv() end
end)
