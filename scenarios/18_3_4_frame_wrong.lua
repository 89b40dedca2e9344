-- Who keeps the frame in its place while the device paints it?                      18.3.4
--
-- The enqueueing call returns at once, and with it ends the only pin that the frame had: cgo's own, for the length of the
-- call. The device goes on with an address. Then a collection runs. Today's Go would leave the frame where it is; a
-- collector that moves (this one, a counterfactual) copies it, with the rows that are done, and the other rows are painted
-- into memory that is nobody's any more. No error, no crash: a picture that ends in the middle.
--
-- Change one thing:  18_3_4_frame_right    two lines: a Pinner, from before the call until the device is done
--                    18_3_4_frame_go       the same mistake under Go's collector of today: it happens to work

scenario { title = "A frame that moves while it is painted", book = "18.3.4", procs = 2, seed = 1 }

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
  moved       = 1,
  findings    = { "pinning-violation" },
}
expect.torn("frame", function(_, v) return v >= 1 end) -- every point takes a step at least
