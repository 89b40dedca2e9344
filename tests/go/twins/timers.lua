-- In which order do those wake who sleep?
--
-- The twin of timers.go: in that of their deadlines, never early.

scenario { title = "Five who sleep", procs = 1, seed = 1 }

local done = chan(5)

for _, ms in ipairs { 50, 10, 40, 20, 30 } do
  go("sleeper", function()
    sleep(ms .. "ms")
    done:send(true)
  end)
end

main(function()
  for _ = 1, 5 do done:recv() end
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
