-- When does the client see the first token, and when the next?                      20.3.1
--
-- A model says one token after the other, and each depends on all before it; so an answer is never ready, it grows. The engine
-- owns the device. It reads the whole prompt in one step, and from then on it makes one token a step; each goes into
-- the client's channel at once, and closing the channel is the end of the answer. Two figures say how that feels: the time to the
-- first token, which is the prompt's, and the time per token, which is a step's.
--
-- Change one thing:  --set stream=false   the same answer in one piece: the first token is as late as the last
--                    --set length=20      the first token is not later

scenario { title = "A token at a time", book = "20.3.1", procs = 2, seed = 1, device_memory = "64KiB" }

local stream   = knob("stream", true)
local length   = knob("length", 12)     -- tokens of the answer
local read     = knob("read", "4ms")    -- the step that reads the prompt
local step     = knob("step", "1ms")    -- each other one
local prompt   = { 3, 14, 15, 9, 26, 5, 35, 8 }
local dim, vocab, room = 16, 64, 32
local function weight(i) return (i * 2654435761 % (1 << 32) >> 20) % 16 - 8 end

local requests = chan(0, "requests")
local ready    = chan(0, "ready")
local answer   = heap.ints("answer", length)
local figures  = heap.uints("figures", 2) -- microseconds: to the first token, and from there to the last

go("engine", function()
  local numbers  = (vocab + 3 * dim) * dim
  local model    = cl.buffer("model", numbers, "ints")
  local cache    = cl.buffer("kv_cache", 2 * room * dim, "ints")
  local sequence = cl.locked("sequence", room, "ints")
  local span     = cl.locked("span", 2, "ints")
  local file     = C.malloc("file", numbers, "ints")
  for i = 0, numbers - 1 do file[i] = weight(i) end
  cl.write(model, file):wait()
  C.free(file)
  local decode = cl.kernel("decode", sequence, cache, span, model, room)
  ready:send(true)

  for request in requests:each() do
    for i, token in ipairs(request.prompt) do sequence[i - 1] = token end
    span[0], span[1] = 0, #request.prompt
    local kept = {}
    for n = 1, length do
      decode:launch { items = 1, takes = n == 1 and read or step }
      cl.finish()
      if stream then request.tokens:send(sequence[span[1]]) else kept[n] = sequence[span[1]] end
      span[0], span[1] = span[1], span[1] + 1
    end
    for _, token in ipairs(kept) do request.tokens:send(token) end
    request.tokens:close()
  end
  for _, memory in ipairs { model, cache, sequence, span } do cl.release(memory) end
  ready:send(false)
end)

main(function()
  ready:recv()
  local tokens = chan(0, "tokens")
  local asked, first, n = time.Now(), nil, 0
  requests:send { prompt = prompt, tokens = tokens }
  for token in tokens:each() do
    first = first or time.Now()
    answer[n] = token
    n = n + 1
  end
  figures[0], figures[1] = (first - asked) // 1000, time.Since(first) // 1000
  note(string.format("The first token after %d us; the last %d us later.", figures[0], figures[1]))
  requests:close()
  ready:recv()
end)

-- The same model in Lua: what the tokens must be.
local function row_times(at, x)
  local sum = 0
  for d = 1, dim do sum = sum + at(d - 1) * x[d] end
  return sum
end

local function told(n)
  local said, keys, values = table.move(prompt, 1, #prompt, 1, {}), {}, {}
  local function part(p, x)
    local out = {}
    for d = 0, dim - 1 do
      out[d + 1] = row_times(function(i) return weight((vocab + p * dim + d) * dim + i) end, x) // 16
    end
    return out
  end
  for at = 0, #prompt + n - 1 do
    local x, y, most, best = {}, {}, math.mininteger, nil
    for d = 1, dim do x[d], y[d] = weight(said[at + 1] * dim + d - 1) + at * d % 8 - 4, 0 end
    local q = part(0, x)
    keys[at + 1], values[at + 1] = part(1, x), part(2, x)
    local function score(t) return row_times(function(d) return keys[t][d + 1] end, q) end
    for t = 1, at + 1 do most = math.max(most, score(t)) end
    for t = 1, at + 1 do
      local much = 256 >> math.min(8, (most - score(t)) // 16)
      for d = 1, dim do y[d] = y[d] + much * (values[t][d] - x[d]) end
    end
    most = math.mininteger
    for token = 0, vocab - 1 do
      local logit = row_times(function(i) return weight(token * dim + i) end, y)
      if logit > most then best, most = token, logit end
    end
    if at + 1 >= #prompt then said[at + 2] = best end
  end
  return said
end

expect {
  launches  = 1 + length,
  not_freed = 0,
  findings  = {},
}
local said
expect.result("answer", function(i, token)
  said = said or told(length)
  return token == said[#prompt + 1 + i]
end)
expect.result("figures", function(i, us)
  local rest = 1000 * (length - 1)
  if stream then return us <= (i == 0 and 4100 or 1.1 * rest) end
  return i == 0 and us >= 4000 + rest or i == 1 and us < 10
end)
