-- Who of 20 new goroutines runs first, and what of those that they start?
--
-- The twin of spawn.go. A go statement puts the new one into runnext, and the one that stood there at the tail of the queue:
-- the last one runs first, the others as they came.

scenario { title = "Twenty who start two each", procs = 1, seed = 1 }

local done = chan(60)

local function child() done:send(true) end

for _ = 1, 20 do
  go("parent", function()
    go("child", child)
    go("child", child)
    done:send(true)
  end)
end

main(function()
  for _ = 1, 60 do done:recv() end
end)
