-- What does cancelling a context do to a goroutine that is in C?                    21.3
--
-- The twin of cancel.go. A context's Done is a channel that cancel closes: who waits for it in Go is back at once, who is in
-- C comes back when C is done, 30 ms later.

scenario { title = "Cancelled while in C", book = "21.3", procs = 1, seed = 1 }

local ctx_done = chan()
local done     = chan(2)

go("in_go", function()
  ctx_done:recv()
  done:send(true)
end)

go("in_c", function()
  C.call("query", "40ms")
  ctx_done:recv()
  done:send(true)
end)

main(function()
  sleep "10ms"
  ctx_done:close()
  for _ = 1, 2 do done:recv() end
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
