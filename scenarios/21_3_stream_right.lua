-- Tokens go up, the word that nobody wants them goes down.                           21.3
--
-- 21_3_stream_wrong with a context. Each stage has it, and each send is a select: the next stage takes what I have, or it is all over.
-- The client cancels when it leaves, however it leaves (defer cancel()). Each stage ends at its next look, and closes what it sends
-- on; the decoder gives its memory back. It looks before each step, too: in a select where both are ready chance decides. One
-- step of the model was under way, and is lost.
--
-- Change one thing:  --set wants=12   nobody leaves early, and nothing of this is needed

scenario { title = "Streams up, cancellation down", book = "21.3", procs = 2, seed = 1, device_memory = "64KiB" }

local wants  = knob("wants", 3)       -- tokens that the client reads before it leaves
local length = 12
local room, numbers = 16, (64 + 3 * 16) * 16
local read   = heap.uints("read", 1)

-- False: nobody wants it any more.
local function send(ctx, out, v)
  return select {
    case.send(out, v, function() return true end),
    case.recv(ctx:Done(), function() return false end),
  }
end

-- Makes tokens on the device.
local function decoder(ctx, tokens)
  local model, sequence = cl.locked("model", numbers, "ints"), cl.locked("sequence", room, "ints")
  local cache, span = cl.buffer("kv_cache", 2 * room * 16, "ints"), cl.locked("span", 2, "ints")
  for i = 0, numbers - 1 do model[i] = (i * 2654435761 % (1 << 32) >> 20) % 16 - 8 end
  local decode = cl.kernel("decode", sequence, cache, span, model, room)
  sequence[0], sequence[1], span[0], span[1] = 3, 14, 0, 2
  for _ = 1, length do
    if ctx:Err() then break end
    decode:launch({ items = 1, takes = "1ms" }):wait()
    if not send(ctx, tokens, sequence[span[1]]) then break end
    span[0], span[1] = span[1], span[1] + 1
  end
  tokens:close()
  for _, memory in ipairs { model, sequence, cache, span } do cl.release(memory) end
end

-- Makes words of tokens.
local function speller(ctx, tokens, words)
  for token in tokens:each() do
    compute "50us"
    if not send(ctx, words, string.char(64 + token)) then break end
  end
  words:close()
end

local function client(words)
  for _ in words:each() do
    read[0] = read[0] + 1
    if read[0] == wants then return end
  end
end

main(function()
  local ctx, cancel = context.WithCancel(context.Background())
  local tokens, words = chan(0, "tokens"), chan(0, "words")
  local stages, reader = sync.WaitGroup(), sync.WaitGroup()
  stages:Go("decoder", function() decoder(ctx, tokens) end)
  stages:Go("speller", function() speller(ctx, tokens, words) end)
  reader:Go("client", function() client(words) end)
  reader:Wait()
  cancel()
  local left = time.Now()
  stages:Wait()
  note(string.format("The client has left; %d us later both stages have ended.", time.Since(left) // 1000))
end)

expect {
  launches   = between(wants, wants + 1),
  goroutines = 4,
  not_freed  = 0,
  findings   = {},
}
expect.result("read", function(_, n) return n == wants end)
