-- Cancelled: what of that does the device hear?                                      21.3
--
-- A queue of the device is a promise: what is in it is executed, and no call takes it out again. "Enqueue what belongs together and
-- wait once" (18.1.3): so this answer has all its twenty-four steps in the queue, and the goroutine waits for them in C. After
-- 3 ms the client hangs up. Nobody can tell the goroutine, and if somebody could, it might not return: its buffers are the
-- device's as long as steps use them. For 21 ms the device works for nobody, and the next request stands behind all of that.
--
-- Change one thing:  21_3_queue_right   two steps in the queue at most, and a look at the context before each

scenario { title = "Everything is in the queue already", book = "21.3", procs = 2, seed = 1, device_memory = "64KiB" }

local length = 24                     -- steps of the answer, and tokens
local room, numbers = 32, (64 + 3 * 16) * 16
local wait   = heap.uints("wait", 1)  -- of the next request until the device works for it, in microseconds
local said   = heap.ints("said", 2, -1) -- the first tokens of both answers; the prompt is the same

-- The steps of an answer: each has a span of its own, so that several can be in the queue.
local function new_answer()
  local model, sequence = cl.locked("model", numbers, "ints"), cl.locked("sequence", room, "ints")
  local cache = cl.buffer("kv_cache", 2 * room * 16, "ints")
  local answer = { sequence = sequence, memory = { model, sequence, cache }, steps = {} }
  for i = 0, numbers - 1 do model[i] = (i * 2654435761 % (1 << 32) >> 20) % 16 - 8 end
  sequence[0], sequence[1] = 3, 14
  for n = 1, length do
    local span = cl.locked("span", 2, "ints")
    span[0], span[1] = n == 1 and 0 or n, n + 1
    table.insert(answer.memory, span)
    answer.steps[n] = cl.kernel("decode", sequence, cache, span, model, room)
  end
  return answer
end

local function generate(ctx, answer, tokens)
  if ctx:Err() == nil then
    for n = 1, length do answer.steps[n]:launch { items = 1, takes = "1ms" } end
    cl.finish()
    for n = 1, length do tokens:send(answer.sequence[n + 1]) end
  end
  tokens:close()
  for _, memory in ipairs(answer.memory) do cl.release(memory) end
end

local function client(tokens)
  for token in tokens:each() do said[0] = said[0] == -1 and token or said[0] end
end

main(function()
  local first, second, all = new_answer(), new_answer(), sync.WaitGroup()
  local ctx, cancel = context.WithCancel(context.Background())
  local tokens = chan(0, "tokens")
  all:Go("first", function() generate(ctx, first, tokens) end)
  all:Go("client", function() client(tokens) end)
  sleep "3ms"
  cancel()
  note "The first client has hung up; the second one asks."
  local asked = time.Now()
  second.steps[1]:launch({ items = 1, takes = "1ms" }):wait()
  wait[0] = time.Since(asked) // 1000
  said[1] = second.sequence[2]
  note(string.format("Its prompt has been read after %d us.", wait[0]))
  all:Wait()
  for _, memory in ipairs(second.memory) do cl.release(memory) end
end)

expect {
  launches  = length + 1,
  not_freed = 0,
  findings  = { "uncancellable" },
}
expect.result("wait", function(_, us) return us >= 21000 end)
expect.result("said", function(_, token) return token >= 0 and token == said[0] end)
