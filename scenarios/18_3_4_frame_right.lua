-- Who keeps the frame in its place while the device paints it?                      18.3.4
--
-- runtime.Pinner. The pin begins before the call that hands the address over, and ends when the device is done with it. The
-- collection runs as before, and moves whatever else there is; the frame stays, and the picture is whole.
--
-- Change one thing:  18_3_4_frame_wrong    without the pin

scenario { title = "A frame that is pinned while it is painted", book = "18.3.4", procs = 2, seed = 1 }

local width, height, steps = 256, 256, 48

main(function()
  local frame = heap.floats("frame", width * height)
  local paint = cl.kernel("mandelbrot", frame, width, height, steps)

  local pin = runtime.Pinner()
  pin:Pin(frame)
  paint:launch { takes = "3ms", slices = 64 }
  note "The call has returned. The device has the frame's address, and the frame is pinned."
  sleep "1ms"
  runtime.GC()

  cl.finish()
  pin:Unpin()
  note "The device is done, without an error."
  picture(frame, { width = width, height = height, max = steps / 2 })
end)

expect {
  collections = 1,
  moved       = 0,
  findings    = {},
}
expect.result("frame", function(_, v) return v >= 1 end) -- every point takes a step at least
