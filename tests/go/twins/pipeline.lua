-- Who runs after whom in a pipeline of channels without room?
--
-- The twin of pipeline.go. Each send wakes a receiver, who runs next (runnext); who has to wait is woken by the next stage.

scenario { title = "A pipeline of three stages", procs = 1, seed = 1 }

local values           = 40
local numbers, squares = chan(), chan()

go("source", function()
  for i = 0, values - 1 do numbers:send(i) end
  numbers:close()
end)

go("square", function()
  for v in numbers:each() do squares:send(v * v) end
  squares:close()
end)

main(function()
  for _ in squares:each() do end
end)
