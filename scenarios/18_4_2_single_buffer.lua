-- One buffer: the copy waits for the kernel, and the kernel for the copy.           18.4.2
--
-- Frames are copied to the device and computed there, all through one buffer. The next frame cannot be copied before the
-- last one has been computed, or it would be torn; so the two engines of the device take turns, and the time is the sum.
--
-- Change one thing:  18_4_2_double_buffer   a second buffer, and the time is that of the longer one

scenario { title = "One buffer, taking turns", book = "18.4.2", procs = 2, seed = 1 }

local frames  = knob("frames", 8)
local buffers = knob("buffers", 1)
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
