-- What does a byte cost on its way to the device?                                   18.3.1
--
-- From the Go heap: the pages of ordinary memory may be anywhere, or on disk, so the driver copies them into memory of its own
-- first, piece by piece. The device waits for it.
--
-- Change one thing:  18_3_1_locked

scenario { title = "A transfer from pageable memory", book = "18.3.1", procs = 2, seed = 1,
           device_memory = "16MiB", gogc = "off" }

local n, frames = 1 << 20, 8 -- 4 MiB each

main(function()
  local frame = heap.floats("frame", n, 1)
  local d = cl.buffer("d", n, "floats")
  local pin = runtime.Pinner() -- for as long as the device has its address
  pin:Pin(frame)
  for _ = 1, frames do
    cl.write(d, frame)
    cl.finish()
  end
  pin:Unpin()
  cl.release(d)
end)

expect {
  transferred = 8 * (4 << 20),
  device_busy = at_least("5.2ms"),
  findings    = {},
}
