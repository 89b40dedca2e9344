-- What does cancelling a context do to a goroutine that is in C?                    21.3
--
-- The twin of cancel.go. Who waits for the context's Done channel in Go is back at once, who is in C comes back when C is
-- done, 30 ms later.

scenario { title = "Cancelled while in C", book = "21.3", procs = 1, seed = 1 }

local done = chan(2)

local function in_go(ctx)
  ctx:Done():recv()
  done:send(true)
end

local function in_c(ctx)
  C.call("query", "40ms")
  ctx:Done():recv()
  done:send(true)
end

main(function()
  local ctx, cancel = context.WithCancel(context.Background())
  go("in_go", in_go, ctx)
  go("in_c", in_c, ctx)
  sleep "10ms"
  cancel()
  for _ = 1, 2 do done:recv() end
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
