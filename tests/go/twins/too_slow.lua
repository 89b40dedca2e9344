-- How long does one wait for a client who does not take his token?                   20.3.4
--
-- The twin of too_slow.go: a buffer of one token for each client, 5 ms of patience, and then his request is cancelled. He sleeps
-- 40 ms over his first token, so the third one finds the buffer full.

scenario { title = "One of three is too slow", book = "20.3.4", procs = 1, seed = 1 }

local length = 6
local done   = chan()

local function taken(request, n)
  local timer = time.NewTimer("5ms")
  local ok = select {
    case.send(request.tokens, n, function() return true end),
    case.recv(timer.C, function() return false end),
  }
  timer:Stop()
  if not ok then request.cancel() end
  return ok
end

local function batcher(batch)
  for n = 1, length do
    C.call("step", "4ms")
    for i, request in pairs(batch) do
      if not taken(request, n) then
        request.tokens:close()
        batch[i] = nil
      end
    end
  end
  for _, request in pairs(batch) do request.tokens:close() end
end

local function quick(tokens)
  for _ in tokens:each() do end
  done:send(true)
end

local function slow(ctx, tokens)
  for _ in tokens:each() do sleep "40ms" end
  ctx:Done():recv()
  done:send(true)
end

main(function()
  local ctx, cancel = context.WithCancel(context.Background())
  local batch = {}
  for i = 1, 3 do batch[i] = { tokens = chan(1, "tokens"), cancel = cancel } end
  go("slow", slow, ctx, batch[1].tokens)
  go("quick", quick, batch[2].tokens)
  go("quick", quick, batch[3].tokens)
  go("batcher", batcher, batch)
  for _ = 1, 3 do done:recv() end
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
