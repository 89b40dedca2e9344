-- When may device memory be given back?                                             18.3.2
--
-- When the commands that use it are done. Until then whoever launched owns it, whatever has returned.

scenario { title = "Device memory that is released when it is done with", book = "18.3.2", procs = 2, seed = 1,
           device_memory = "1MiB" }

local width, height, steps = 256, 256, 48

main(function()
  local shown = C.malloc("shown", width * height, "floats")
  local frame = cl.buffer("frame", width * height, "floats")
  cl.kernel("mandelbrot", frame, width, height, steps):launch { takes = "3ms", slices = 64 }
  cl.read(frame, shown)
  cl.finish()
  cl.release(frame)
  picture(shown, { width = width, height = height, max = steps / 2 })
  C.free(shown)
end)

expect { not_freed = 0, findings = {} }
expect.result("shown", function(_, v) return v >= 1 end) -- every point takes a step at least
