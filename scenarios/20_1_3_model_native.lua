-- Whose are the weights, the KV cache and the activations?                          20.1.3
--
-- The device's. The weights go there once, when the model is loaded; the KV cache and the activations are made there and stay. What
-- crosses for each token is what Go has to decide about: a handful of floats. Go owns the handles, and gives them back.

scenario { title = "A model that lives where it is used", book = "20.1.3", procs = 2, seed = 1, device_memory = "4MiB" }

local model, context, width, tokens = 512 * 1024, 64 * 1024, 4096, 16
local logits = heap.floats("logits", 1)

-- A layer, at teaching size: attend to the cache, then the weights; each is a kernel on what is there already.
local function forward(weights, cache, state)
  cl.kernel("saxpy", state, weights, 1.0):launch { items = width, takes = "150us" }
  cl.kernel("saxpy", cache, state, 1.0):launch { items = width, takes = "50us" }
end

main(function()
  local w, c, s = cl.buffer("w", model, "floats"), cl.buffer("c", context, "floats"), cl.buffer("s", width, "floats")
  local token = cl.locked("token", width, "floats")
  local weights = C.malloc("weights", model, "floats") -- the file, mapped
  for i = 0, model - 1 do weights[i] = 0.5 end
  cl.write(w, weights)
  for i = 0, width - 1 do token[i] = 1 end
  cl.write(s, token)
  cl.finish()
  C.free(weights)

  for _ = 1, tokens do
    forward(w, c, s)
    cl.read(s, token)
    cl.finish()
    logits[0] = token[0]
  end
  for _, buffer in ipairs { w, c, s, token } do cl.release(buffer) end
end)

expect {
  transferred = at_most(3 << 20), -- 2 MiB of them the weights, once
  launches    = 2 + 16 * (2 + 1),
  not_freed   = 0,
  findings    = {},
}
expect.result("logits", function(_, v) return v == 9 end) -- 1 + 16 * 0.5
