-- Who keeps the frame in its place while the device paints it?                      18.3.4
--
-- Nobody, as in 18_3_4_frame_wrong; but this is the collector that Go has today, and it moves no heap object. The
-- picture is whole, by luck: the rule was broken, and the finding says so. The day nobody looks at the frame after the launch, it is
-- freed under the device.
--
-- Change one thing:  18_3_4_frame_wrong    a collector that moves
--                    18_3_4_frame_freed   the same, and the frame's last use is the launch

scenario { title = "A frame that happens to stay", book = "18.3.4", procs = 2, seed = 1,
           collector = "go" }

local width, height, steps = 256, 256, 48

main(function()
  local frame = heap.floats("frame", width * height)
  local paint = cl.kernel("mandelbrot", frame, width, height, steps)

  paint:launch { takes = "3ms", slices = 64 }
  note "The call has returned. The device has the frame's address, and nobody has pinned the frame."
  sleep "1ms"
  runtime.GC()

  cl.finish()
  note "The device is done, without an error."
  picture(frame, { width = width, height = height, max = steps / 2 })
end)

expect {
  collections = 1,
  findings    = { "implicit-pin-expired" },
}
expect.result("frame", function(_, v) return v >= 1 end) -- every point takes a step at least
