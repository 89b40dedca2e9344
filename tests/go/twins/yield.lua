-- Who runs when a goroutine gives its P away?
--
-- The twin of yield.go. runtime.Gosched puts it at the tail of the global queue: the others first, then it again.

scenario { title = "Three who give way", procs = 1, seed = 1 }

local done = chan(3)

for _ = 1, 3 do
  go("polite", function()
    for _ = 1, 10 do runtime.Gosched() end
    done:send(true)
  end)
end

main(function()
  for _ = 1, 3 do done:recv() end
end)
