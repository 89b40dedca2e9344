-- Go's collector moves nothing: is an address then safe?                            18.3.4
--
-- As 18_3_4_frame_go, but the launch is the frame's last use. Go's variables die with their last use, not at the end of the
-- function: the collection frees the frame although the device still paints it. The next object gets its memory, and the
-- device paints on, into a ledger.
--
-- Change one thing:  18_3_4_frame_go        the frame is used afterwards, so it lives: by luck
--                    18_3_4_frame_kept      one line: runtime.KeepAlive(frame) behind cl.finish()

scenario { title = "A frame that is freed while it is painted", book = "18.3.4", procs = 2, seed = 1,
           collector = "go" }

local width, height, steps = 256, 256, 48
local ledger

main(function()
  local frame = heap.floats("frame", width * height)
  local paint = cl.kernel("mandelbrot", frame, width, height, steps)

  paint:launch { takes = "3ms", slices = 64 }
  note "That was the last use of the frame."
  sleep "1ms"
  runtime.GC()

  ledger = heap.floats("ledger", width * height, -1)
  note "A new object, and every element is -1."
  cl.finish()
  picture(ledger, { width = width, height = height, max = steps })
end)

expect {
  collections = 1,
  freed       = 1,
  findings    = { "pinning-violation" },
}
expect.torn("ledger", function(_, v) return v == -1 end)
