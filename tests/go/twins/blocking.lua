-- What does a call that blocks in C cost those who want to run?                     18.2.2
--
-- The twin of blocking.go. 18_2_2_blocking without a device, in milliseconds instead of microseconds, so that what a real
-- machine adds is small beside it.

scenario { title = "A call that blocks, and four who want to run", book = "18.2.2", procs = 1, seed = 1 }

local done = chan(5)

for _ = 1, 4 do
  go("worker", function()
    for _ = 1, 4 do compute("1ms", { calls = "100ns" }) end
    done:send(true)
  end)
end

go("launcher", function()
  C.call("block", "40ms")
  done:send(true)
end)

main(function()
  for _ = 1, 5 do done:recv() end
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
