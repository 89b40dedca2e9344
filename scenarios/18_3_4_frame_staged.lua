-- Who keeps the frame in its place while the device paints it?                      18.3.4
--
-- Nobody has to: the device paints in memory of its own, and its answer comes into page-locked memory of the driver's. Neither is the
-- collector's, so it may move the frame whenever it likes. When the device is done, Go copies. That is one more copy, of
-- 256 KiB; in return no object is pinned while the device works.
--
-- Change one thing:  18_3_4_frame_right    the frame itself, pinned: no copy, but a place that the collector must go around

scenario { title = "A frame that is painted elsewhere and copied", book = "18.3.4", procs = 2, seed = 1,
           device_memory = "1MiB" }

local width, height, steps = 256, 256, 48

main(function()
  local frame  = heap.floats("frame", width * height)
  local native = cl.buffer("native", width * height, "floats")
  local stage  = cl.locked("stage", width * height, "floats")

  cl.kernel("mandelbrot", native, width, height, steps):launch { takes = "3ms", slices = 64 }
  cl.read(native, stage)
  sleep "1ms"
  runtime.GC()
  note "The frame has moved, and the device does not mind: it has never heard of it."

  cl.finish()
  copy(frame, stage)
  cl.release(native)
  cl.release(stage)
  picture(frame, { width = width, height = height, max = steps / 2 })
end)

expect {
  collections = 1,
  moved       = 1,
  copied      = 4 * 256 * 256,
  not_freed   = 0,
  findings    = {},
}
expect.result("frame", function(_, v) return v >= 1 end) -- every point takes a step at least
