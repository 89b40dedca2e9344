-- If host and device share one address, what is left to be careful about?           18.3.5
--
-- Shared memory: host and device use one address, and neither copies. Go can look at the picture at any time, also while the
-- device paints it, and sees a third of it. Nothing is torn in memory, nothing has moved: it was not Go's turn.
--
-- Change one thing:  18_3_5_shared    cl.finish() stands before the look, not behind it

scenario { title = "One address, and nobody asked whose turn it is", book = "18.3.5", procs = 2, seed = 1 }

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
  sleep "1ms"
  painted[0] = rows_of(frame)
  note("Row " .. painted[0] .. " is the first that is not painted yet.")
  cl.finish()
  cl.release(frame)
end)

expect { copied = 0, transferred = 0, not_freed = 0, findings = {} }
expect.result("painted", function(_, v) return v == 84 end) -- of 256
