-- If host and device share one address, what is left to be careful about?           18.3.5
--
-- The address is shared, the memory is not: until the device is done it is the device's. What cl.write and cl.read showed as copies is
-- a promise here, and it has to be kept all the same. What is saved is the copy.

scenario { title = "One address, and the host waits for its turn", book = "18.3.5", procs = 2, seed = 1 }

local width, height, steps = 256, 256, 48
local painted = heap.ints("painted", 1)

local function rows_of(frame) -- every point takes a step at least: 0 is not painted
  for row = 0, height - 1 do
    if frame[row * width] == 0 then return row end
  end
  return height
end

main(function()
  local frame = cl.shared("frame", width * height, "floats")
  cl.kernel("mandelbrot", frame, width, height, steps):launch { takes = "3ms", slices = 64 }
  cl.finish()
  painted[0] = rows_of(frame)
  cl.release(frame)
end)

expect { copied = 0, transferred = 0, not_freed = 0, findings = {} }
expect.result("painted", function(_, v) return v == 256 end)
