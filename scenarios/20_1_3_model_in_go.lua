-- Whose are the weights, the KV cache and the activations?                          20.1.3
--
-- They are Go's: slices, because that is what the loader read. Each step hands them to the device by transfers there and back: the
-- weights are the same every time. The collector looks after 3 MiB that it could leave alone, and the bus does nothing else.
--
-- Change one thing:  20_1_3_model_native    they live where they are used, and Go has the handles

scenario { title = "A model that lives in the Go heap", book = "20.1.3", procs = 2, seed = 1, device_memory = "4MiB" }

local model, context, width, tokens = 512 * 1024, 64 * 1024, 4096, 16
local logits = heap.floats("logits", 1)

-- A layer, at teaching size: attend to the cache, then the weights; each is a kernel on what is there already.
local function forward(weights, cache, state)
  cl.kernel("saxpy", state, weights, 1.0):launch { items = width, takes = "150us" }
  cl.kernel("saxpy", cache, state, 1.0):launch { items = width, takes = "50us" }
end

main(function()
  local weights = heap.floats("weights", model, 0.5)
  local cache   = heap.floats("kv_cache", context)
  local state   = heap.floats("activations", width, 1)
  local w, c, s = cl.buffer("w", model, "floats"), cl.buffer("c", context, "floats"), cl.buffer("s", width, "floats")
  local pin = runtime.Pinner()
  pin:Pin(weights)
  pin:Pin(cache)
  pin:Pin(state)

  for _ = 1, tokens do
    cl.write(w, weights)
    cl.write(c, cache)
    cl.write(s, state)
    forward(w, c, s)
    cl.read(c, cache)
    cl.read(s, state)
    cl.finish()
    logits[0] = state[0]
  end
  pin:Unpin()
  for _, buffer in ipairs { w, c, s } do cl.release(buffer) end
end)

expect {
  transferred = at_least(32 << 20), -- 16 tokens
  launches    = 16 * (3 + 2 + 2),
  not_freed   = 0,
  findings    = {},
}
expect.result("logits", function(_, v) return v == 9 end) -- 1 + 16 * 0.5
