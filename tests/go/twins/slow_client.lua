-- What does a slow client do to one who serves three?                               20.3.3
--
-- The twin of slow_client.go: a step of 4 ms in C makes a token for each client, through channels without room; one of them
-- takes 20 ms for a token. So everybody gets one every 20 ms.

scenario { title = "One of three is slow", book = "20.3.3", procs = 1, seed = 1 }

local length = 6
local done   = chan()

local function batcher(clients)
  for n = 1, length do
    C.call("step", "4ms")
    for _, tokens in ipairs(clients) do tokens:send(n) end
  end
  for _, tokens in ipairs(clients) do tokens:close() end
end

local function quick(tokens)
  for _ in tokens:each() do end
  done:send(true)
end

local function slow(tokens)
  for _ in tokens:each() do sleep "20ms" end
  done:send(true)
end

main(function()
  local clients = { chan(0, "slow"), chan(0, "quick"), chan(0, "quick") }
  go("slow", slow, clients[1])
  go("quick", quick, clients[2])
  go("quick", quick, clients[3])
  go("batcher", batcher, clients)
  for _ = 1, #clients do done:recv() end
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
