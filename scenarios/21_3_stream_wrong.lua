-- The client has left, and nobody has told the stages behind it.                     21.3
--
-- An answer is made by a pipeline: the decoder has tokens from the device, the speller makes words of them, the client reads. Each
-- stage is a goroutine and sends through a channel. The client has enough after three words, and returns. The speller waits
-- for somebody to take the fourth, the decoder for somebody to take the next token: for ever, and with them the KV cache
-- stays. The service goes on, and does not notice: until there are ten thousand of them.
--
-- Change one thing:  21_3_stream_right   a context that the client cancels, and sends that look at it

scenario { title = "The pipeline that nobody ends", book = "21.3", procs = 2, seed = 1, device_memory = "64KiB" }

local wants  = knob("wants", 3)       -- tokens that the client reads before it leaves
local length = 12
local room, numbers = 16, (64 + 3 * 16) * 16
local read   = heap.uints("read", 1)

-- Makes tokens on the device.
local function decoder(tokens)
  local model, sequence = cl.locked("model", numbers, "ints"), cl.locked("sequence", room, "ints")
  local cache, span = cl.buffer("kv_cache", 2 * room * 16, "ints"), cl.locked("span", 2, "ints")
  for i = 0, numbers - 1 do model[i] = (i * 2654435761 % (1 << 32) >> 20) % 16 - 8 end
  local decode = cl.kernel("decode", sequence, cache, span, model, room)
  sequence[0], sequence[1], span[0], span[1] = 3, 14, 0, 2
  for _ = 1, length do
    decode:launch({ items = 1, takes = "1ms" }):wait()
    tokens:send(sequence[span[1]])
    span[0], span[1] = span[1], span[1] + 1
  end
  tokens:close()
  for _, memory in ipairs { model, sequence, cache, span } do cl.release(memory) end
end

-- Makes words of tokens.
local function speller(tokens, words)
  for token in tokens:each() do
    compute "50us"
    words:send(string.char(64 + token))
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
  local tokens, words, reader = chan(0, "tokens"), chan(0, "words"), sync.WaitGroup()
  go("decoder", decoder, tokens)
  go("speller", speller, tokens, words)
  reader:Go("client", function() client(words) end)
  reader:Wait()
  note "The client has left; the service has others to serve."
  sleep "50ms"
end)

expect {
  launches   = between(wants, wants + 2),
  goroutines = 4,
  not_freed  = at_least(4),
  findings   = { "device-leak", "goroutine-leak" },
}
expect.result("read", function(_, n) return n == wants end)
