-- What does a byte cost on its way to the device?                                   18.3.1
--
-- Page-locked memory stays in its place for the operating system, too: the device reads it without the driver's help, at
-- twice the speed here. It is no Go memory: it has to be given back, and there is little of it.
--
-- Change one thing:  18_3_1_pageable

scenario { title = "A transfer from page-locked memory", book = "18.3.1", procs = 2, seed = 1,
           device_memory = "16MiB", gogc = "off" }

local n, frames = 1 << 20, 8 -- 4 MiB each

main(function()
  local frame = cl.locked("frame", n, "floats")
  local d = cl.buffer("d", n, "floats")
  for _ = 1, frames do
    cl.write(d, frame)
    cl.finish()
  end
  cl.release(d)
  cl.release(frame)
end)

expect {
  transferred = 8 * (4 << 20),
  device_busy = at_most("2.8ms"),
  findings    = {},
}
