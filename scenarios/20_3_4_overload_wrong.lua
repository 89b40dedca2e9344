-- More requests than the model can answer. Where do they wait?                        20.3.4
--
-- A request every millisecond, and a model that answers one in two milliseconds. Each has a goroutine, which waits until the
-- batcher takes it: goroutines are cheap, so nobody says no. Half of them are answered; as many wait, and each waits longer than the
-- one before. A client waits 20 ms, then the answer is for nobody. So the model works all the time, and after a while
-- only for clients who have gone.
--
-- Change one thing:  20_3_4_overload_right   a queue with room for four; who does not get in is told so at once
--                    --set every=3ms         not too many

scenario { title = "Nobody says no", book = "20.3.4", procs = 2, seed = 1, device_memory = "64KiB" }

local every    = knob("every", "1ms")  -- a request comes
local requests, length, slots, in_time = 72, 4, 2, 20000 -- microseconds
local places, numbers = 16, (64 + 3 * 16) * 16

local asked   = chan(0, "asked")
local answers = heap.ints("answers", requests, -1) -- the last token of each
local figures = heap.uints("figures", 2) -- answers in time, and too late

local function batcher()
  local model    = cl.locked("model", numbers, "ints")
  local cache    = cl.buffer("kv_cache", slots * 2 * places * 16, "ints")
  local sequence = cl.locked("sequence", slots * places, "ints")
  local span     = cl.locked("span", 2 * slots, "ints")
  for i = 0, numbers - 1 do model[i] = (i * 2654435761 % (1 << 32) >> 20) % 16 - 8 end
  for i = 0, 2 * slots - 1 do span[i] = 0 end
  local decode = cl.kernel("decode", sequence, cache, span, model, places)
  local batch, live = {}, 0

  local function admit(slot)
    local request
    if live == 0 then request = asked:recv()
    else request = select { case.recv(asked), default = function() end } end
    if request == nil then return end
    batch[slot], live = request, live + 1
    for i, token in ipairs(request.prompt) do sequence[slot * places + i - 1] = token end
    span[2 * slot], span[2 * slot + 1] = 0, #request.prompt
  end

  local function go_on(slot, request)
    local upto = span[2 * slot + 1]
    span[2 * slot], span[2 * slot + 1] = upto, upto + 1
    if upto + 1 < #request.prompt + length then return end
    request.answer:send(sequence[slot * places + upto])
    batch[slot], live = nil, live - 1
    span[2 * slot], span[2 * slot + 1] = 0, 0
  end

  while true do
    for slot = 0, slots - 1 do
      if not batch[slot] then admit(slot) end
    end
    if live == 0 then break end
    decode:launch { items = slots, takes = "1ms" }
    cl.finish()
    for slot, request in pairs(batch) do go_on(slot, request) end
  end
  for _, memory in ipairs { model, cache, sequence, span } do cl.release(memory) end
end

local function serve(i)
  local begun, request = time.Now(), { prompt = { i % 2, 7 }, answer = chan(1, "answer") }
  asked:send(request)
  answers[i] = request.answer:recv()
  local late = time.Since(begun) // 1000 > in_time and 1 or 0
  figures[late] = figures[late] + 1
end

main(function()
  local clients, service = sync.WaitGroup(), sync.WaitGroup()
  service:Go("batcher", batcher)
  for i = 0, requests - 1 do
    clients:Go("request", function() serve(i) end)
    sleep(every)
  end
  clients:Wait()
  note(string.format("Of %d requests %d were answered in time, %d too late, and %d were told no.",
    requests, figures[0], figures[1], requests - figures[0] - figures[1]))
  asked:close()
  service:Wait()
end)

expect {
  not_freed = 0,
  findings  = every == "1ms" and { "unbounded-queue" } or nil,
}
expect.result("figures", function(i, n) return every ~= "1ms" or (i == 0 and n <= 30 or i == 1 and n >= 50) end)
expect.result("answers", function(i, token) -- the same prompt, the same answer
  if token == -1 then return true end
  for k = i % 2, i, 2 do
    if answers[k] ~= -1 then return token == answers[k] end
  end
end)
