-- Whoever leaves cancels his request, and his slot is free at the next step.        20.3.4
--
-- 20_3_4_gone_wrong with a context for each request. The function that serves a client cancels it when it returns, however it returns;
-- net/http does that for every handler. The batcher's send is a select: somebody takes the token, or nobody wants it any
-- more. What the model has done for him by then is lost: the tokens in his buffer, and the step that was under way.
--
-- Change one thing:  --set buffer=0   when does the batcher hear of it?

scenario { title = "The request is over, and so is its slot", book = "20.3.4", procs = 2, seed = 1, device_memory = "64KiB" }

local reads  = knob("reads", 2)       -- tokens that he reads before he goes
local buffer = knob("buffer", 4)      -- tokens that wait for a client
local slots, others, length = 4, 11, 12
local room, numbers = 16, (64 + 3 * 16) * 16

local asked    = chan(1 + others, "asked")
local answers  = heap.ints("answers", (1 + others) * room, -1)

local function batcher()
  local model    = cl.locked("model", numbers, "ints")
  local cache    = cl.buffer("kv_cache", slots * 2 * room * 16, "ints")
  local sequence = cl.locked("sequence", slots * room, "ints")
  local span     = cl.locked("span", 2 * slots, "ints")
  for i = 0, numbers - 1 do model[i] = (i * 2654435761 % (1 << 32) >> 20) % 16 - 8 end
  for i = 0, 2 * slots - 1 do span[i] = 0 end
  local decode = cl.kernel("decode", sequence, cache, span, model, room)
  local batch, live = {}, 0

  local function admit(slot)
    local request
    if live == 0 then request = asked:recv()
    else request = select { case.recv(asked), default = function() end } end
    if request == nil then return end
    batch[slot], live = request, live + 1
    for i, token in ipairs(request.prompt) do sequence[slot * room + i - 1] = token end
    span[2 * slot], span[2 * slot + 1] = 0, #request.prompt
  end

  local function leave(slot)
    batch[slot].tokens:close()
    batch[slot], live = nil, live - 1
    span[2 * slot], span[2 * slot + 1] = 0, 0
  end

  local function taken(request, token)
    return select {
      case.send(request.tokens, token, function() return true end),
      case.recv(request.ctx:Done(), function() return false end),
    }
  end

  local function deliver(slot, request)
    local upto = span[2 * slot + 1]
    span[2 * slot], span[2 * slot + 1] = upto, upto + 1
    if not taken(request, sequence[slot * room + upto]) then return leave(slot) end
    if upto + 1 == #request.prompt + length then leave(slot) end
  end

  while true do
    for slot = 0, slots - 1 do
      if not batch[slot] then admit(slot) end
    end
    if live == 0 then break end
    decode:launch { items = slots, takes = "1ms" }
    cl.finish()
    for slot, request in pairs(batch) do deliver(slot, request) end
  end
  for _, memory in ipairs { model, cache, sequence, span } do cl.release(memory) end
end

local function client(i, request, wants)
  local n = 0
  for token in request.tokens:each() do
    answers[i * room + n] = token
    n = n + 1
    if n == wants then break end
  end
  request.cancel()          -- with defer, in Go
end

main(function()
  local clients, service = sync.WaitGroup(), sync.WaitGroup()
  service:Go("batcher", batcher)
  for i = 0, others do
    local ctx, cancel = context.WithCancel(context.Background())
    local request = { prompt = { i % 2, 7, 21, 42 }, tokens = chan(buffer, "tokens"), ctx = ctx, cancel = cancel }
    asked:send(request)
    if i == 0 then clients:Go("gone", function() client(i, request, reads) end)
    else clients:Go("client", function() client(i, request, length) end) end
  end
  clients:Wait()
  note "All are answered who are still there."
  asked:close()
  service:Wait()
end)

expect {
  time      = at_most("40ms"),
  not_freed = 0,
  findings  = {},
}
expect.result("answers", function(i, token) -- the same prompt, the same answer, whoever else is in the batch
  local request, n = i // room, i % room
  if n >= length or request == 0 and n >= reads then return token == -1 end
  return token == answers[(2 - request % 2) * room + n]
end)
