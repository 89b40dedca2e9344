-- Go's collector moves nothing: is an address then safe?                            18.3.4
--
-- The object must live as long as the device holds its address, and Go must be told: runtime.KeepAlive is a use of the frame
-- behind cl.finish(). Under Go's collector that is enough, because it moves nothing; a Pinner would keep the frame alive and in
-- its place, whatever the collector does, and that is what the rule asks for.
--
-- Change one thing:  18_3_4_frame_freed     without the line
--                    18_3_4_frame_right     with a Pinner

scenario { title = "A frame that is kept alive while it is painted", book = "18.3.4", procs = 2, seed = 1,
           collector = "go" }

local width, height, steps = 256, 256, 48
local ledger

main(function()
  local frame = heap.floats("frame", width * height)
  local paint = cl.kernel("mandelbrot", frame, width, height, steps)

  paint:launch { takes = "3ms", slices = 64 }
  sleep "1ms"
  runtime.GC()

  ledger = heap.floats("ledger", width * height, -1)
  note "A new object, and every element is -1."
  cl.finish()
  runtime.KeepAlive(frame)
  picture(ledger, { width = width, height = height, max = steps })
end)

expect {
  collections = 1,
  findings    = { "implicit-pin-expired" },
}
expect.result("ledger", function(_, v) return v == -1 end)
