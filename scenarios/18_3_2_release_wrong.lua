-- When may device memory be given back?                                             18.3.2
--
-- The launch has returned, so the frame's memory on the device is released: but a launch that has returned has only been accepted.
-- The next frame gets that memory and is filled; the kernel paints on, into what is the other's by now.
--
-- Change one thing:  18_3_2_release_right    cl.finish() stands before the release, not behind it

scenario { title = "Device memory that is released while it is used", book = "18.3.2", procs = 2, seed = 1,
           device_memory = "1MiB" }

local width, height, steps = 256, 256, 48

main(function()
  local shown = C.malloc("shown", width * height, "floats")
  for i = 0, #shown - 1 do shown[i] = -1 end
  local frame = cl.buffer("frame", width * height, "floats")
  cl.kernel("mandelbrot", frame, width, height, steps):launch { takes = "3ms", slices = 64 }
  sleep "1ms"
  cl.release(frame)
  local ledger = cl.buffer("ledger", width * height, "floats") -- the same address
  note "The memory is another's now, and the kernel paints on."
  cl.finish()
  cl.read(ledger, shown)
  cl.finish()
  picture(shown, { width = width, height = height, max = steps / 2 })
  cl.release(ledger)
  C.free(shown)
end)

expect { findings = { "device-use-after-free" } }
