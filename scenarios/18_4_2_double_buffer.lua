-- Two buffers: while one is computed, the other is filled.                           18.4.2
--
-- As 18_4_2_single_buffer, with a second buffer: frame two is copied while frame one is computed, frame three goes where frame one
-- was. Who may overwrite what is in the wait lists: each copy waits for the kernel that had the buffer before. Half the time.
--
-- Change one thing:  --set buffers=3   a third one buys nothing: two engines are busy all the time

scenario { title = "Two buffers, side by side", book = "18.4.2", procs = 2, seed = 1 }

local frames  = knob("frames", 8)
local buffers = knob("buffers", 2)
local n       = 65536

main(function()
  local copies, kernels = cl.queue "copies", cl.queue "kernels"
  local h, out = cl.locked("h", n, "floats"), heap.floats("out", 1)
  local d, sum, free = {}, cl.buffer("sum", n, "floats"), {}
  for k = 0, n - 1 do h[k] = 1 end
  cl.kernel("scale", sum, 0.0):launch { queue = kernels, takes = "1us" }
  for i = 1, buffers do d[i] = cl.buffer("d" .. i, n, "floats") end
  for f = 1, frames do
    local b = (f - 1) % buffers + 1
    local sent = cl.write(d[b], h, { queue = copies, takes = "300us", after = free[b] })
    free[b] = cl.kernel("saxpy", sum, d[b], 1.0):launch { queue = kernels, takes = "300us", after = sent }
  end
  kernels:finish()
  cl.read(sum, h):wait()
  out[0] = h[9]
  for i = 1, buffers do cl.release(d[i]) end
  cl.release(sum)
  cl.release(h)
end)

expect {
  time        = buffers == 1 and at_least("4.8ms") or at_most("3.2ms"),
  device_idle = at_most("100us"),
  findings    = {},
}
expect.result("out", function(_, v) return v == frames end)
