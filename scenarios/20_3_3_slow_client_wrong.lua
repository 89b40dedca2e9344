-- The batcher waits for a client. Who waits for the batcher?                        20.3.3
--
-- One goroutine makes a token for each slot of the batch, and sends each to its client, through a channel without room. One of
-- twelve clients takes 8 ms for a token: a bad line. So the batcher stands at his channel, the device has nothing to do, and
-- three answers that could go on stand still; eight more have not begun. He has a slot of the KV cache until he has read
-- everything. The service runs at the speed of its slowest client.
--
-- Change one thing:  20_3_3_slow_client_right   his channel has room for all of his answer
--                    --set reads=0ms            nobody is slow

scenario { title = "Everybody waits for the slow one", book = "20.3.3", procs = 2, seed = 1, device_memory = "64KiB" }

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
    local request = { prompt = { i % 2, 7, 21, 42 }, tokens = chan(0, "tokens") }
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
  device_idle = reads == "8ms" and at_least("75ms") or at_least(0),
  not_freed   = 0,
  findings    = reads ~= "0ms" and { "backpressure", "device-idle" } or {},
}
expect.result("answered", function(_, us) return reads ~= "8ms" or us >= 110000 end)
expect.result("answers", function(i, token) -- the same prompt, the same answer, whoever else is in the batch
  local request, n = i // room, i % room
  if n >= length or request == 0 and token == -1 then return token == -1 end
  return token == answers[(2 - request % 2) * room + n]
end)
