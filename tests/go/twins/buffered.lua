-- How do two producers and a consumer share a channel with room for three?
--
-- The twin of buffered.go: who fills the buffer, who waits, and in which order all of them run.

scenario { title = "Two producers, a buffer of three, a consumer", procs = 1, seed = 1 }

local values = 15
local items  = chan(3)
local done   = chan()

local function producer()
  for i = 0, values - 1 do items:send(i) end
  done:send(true)
end

go("producer", producer)
go("producer", producer)
go("consumer", function()
  for _ in items:each() do end
  done:send(true)
end)

main(function()
  done:recv()
  done:recv()
  items:close()
  done:recv()
end)
