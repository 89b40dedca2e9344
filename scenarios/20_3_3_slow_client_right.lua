-- The channel has room for the answer: the batcher waits for nobody.                20.3.3
--
-- 20_3_3_slow_client_wrong with one thing changed: a client's channel has room for as many tokens as the answer can have. What he has
-- not read yet waits there, four bytes a token, and not in the batcher; his slot is free when the model is done with him,
-- not when he is. The price is that the model works for him as fast as for others, even if he will never read it.
--
-- Change one thing:  --set reads=100ms   the others do not notice; when does the program end?

scenario { title = "The slow one waits for himself", book = "20.3.3", procs = 2, seed = 1, device_memory = "64KiB" }

local reads = knob("reads", "8ms")    -- how long the slow one takes for each token
local slots, others, length = 4, 11, 12
local room, numbers = 16, (64 + 3 * 16) * 16

local asked    = chan(1 + others, "asked")
local answers  = heap.ints("answers", (1 + others) * room, -1)
local answered = heap.uints("answered", 1) -- microseconds until all have their answers but the slow one

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

  local function deliver(slot, request)
    local upto = span[2 * slot + 1]
    span[2 * slot], span[2 * slot + 1] = upto, upto + 1
    request.tokens:send(sequence[slot * room + upto])
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

local function client(i, request, pause)
  local n = 0
  for token in request.tokens:each() do
    answers[i * room + n] = token
    n = n + 1
    sleep(pause)
  end
end

main(function()
  local slow, quick, service = sync.WaitGroup(), sync.WaitGroup(), sync.WaitGroup()
  local begun = time.Now()
  service:Go("batcher", batcher)
  for i = 0, others do
    local request = { prompt = { i % 2, 7, 21, 42 }, tokens = chan(length, "tokens") }
    asked:send(request)
    if i == 0 then slow:Go("slow", function() client(i, request, reads) end)
    else quick:Go("client", function() client(i, request, "0ms") end) end
  end
  quick:Wait()
  answered[0] = time.Since(begun) // 1000
  note(string.format("All but the slow one are answered after %d us.", answered[0]))
  asked:close()
  service:Wait()
  slow:Wait()
end)

expect {
  device_idle = at_most("1ms"),
  not_freed   = 0,
  findings    = {},
}
expect.result("answered", function(_, us) return us <= 37000 end)
expect.result("answers", function(i, token) -- the same prompt, the same answer, whoever else is in the batch
  local request, n = i // room, i % room
  if n >= length or request == 0 and token == -1 then return token == -1 end
  return token == answers[(2 - request % 2) * room + n]
end)
