-- Two steps in the queue: the device never pauses, and hears of the cancel soon.     21.3
--
-- 21_3_queue_wrong with a bound: a step is enqueued when the one before the last is done and its token has been sent. While one is
-- executed the next one waits for it, so the device does not pause; and before each one the goroutine looks at the context.
-- After the cancel two steps are executed that nobody wants. The same bound carries pressure down: as long as the client
-- has not taken a token no further step is enqueued.
--
-- Change one thing:  --set inflight=1    the device pauses after each step: for how long?
--                    --set inflight=24   and this is the wrong one, but that the answer is sent in pieces
--                    --set pause=4ms     a slow client: how many steps has the device made for it when it leaves?

scenario { title = "Two steps in flight", book = "21.3", procs = 2, seed = 1, device_memory = "64KiB" }

local inflight = knob("inflight", 2)  -- steps in the queue at most
local pause    = knob("pause", "0ms") -- of the client, after each token
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
  local made, sent = {}, 0
  local function deliver()            -- the oldest that is in flight
    sent = sent + 1
    made[sent]:wait()
    select { case.send(tokens, answer.sequence[sent + 1]), case.recv(ctx:Done()) }
  end
  for n = 1, length do
    if ctx:Err() then break end
    made[n] = answer.steps[n]:launch { items = 1, takes = "1ms" }
    if n - sent == inflight then deliver() end
  end
  while sent < #made do deliver() end -- their buffers are in use until then
  tokens:close()
  for _, memory in ipairs(answer.memory) do cl.release(memory) end
end

local function client(tokens)
  for token in tokens:each() do
    said[0] = said[0] == -1 and token or said[0]
    sleep(pause)
  end
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
  launches  = inflight == 2 and at_most(3 + 2 + 1) or at_most(length + 1),
  not_freed = 0,
  findings  = {},
}
expect.result("wait", function(_, us) return us <= 1000 * (inflight + 1) + 100 end)
expect.result("said", function(_, token) return token >= 0 and token == said[0] end)
