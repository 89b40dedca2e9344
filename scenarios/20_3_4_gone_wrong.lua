-- A client has gone, and nobody has told the batcher.                               20.3.4
--
-- He reads two tokens and closes the page: the function that served him returns. His channel is still there, and the batcher
-- still sends; four tokens find room, the next one waits for somebody to receive it, for ever. Eleven others wait for the
-- batcher. A buffer cannot help: it is full after a while, however long it is. Nor does a program like this end: Go reports no deadlock
-- where there is cgo, and a service has a listener that waits for the network.
--
-- Change one thing:  20_3_4_gone_right   the request has a context, and whoever leaves cancels it

scenario { title = "Sent to nobody", book = "20.3.4", procs = 2, seed = 1, device_memory = "64KiB" }

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

local function client(i, request, wants)
  local n = 0
  for token in request.tokens:each() do
    answers[i * room + n] = token
    n = n + 1
    if n == wants then break end
  end
end

main(function()
  local clients, service = sync.WaitGroup(), sync.WaitGroup()
  service:Go("batcher", batcher)
  for i = 0, others do
    local request = { prompt = { i % 2, 7, 21, 42 }, tokens = chan(buffer, "tokens") }
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
  outcome   = "deadlock",
  findings  = { "deadlock", "device-leak" },
}
