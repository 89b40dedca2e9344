-- The same picture as one command: 65,536 work items, no goroutine.                 18.4.1
--
-- A work item is not a thread: it has no stack, is never parked, and waits for nobody's channel. Sixty-four of them go
-- through the kernel together, one instruction for all (SIMT); where neighbours need different numbers of steps, the
-- quick ones stand still until the slowest is done. Go sees one call that returns at once, and one that waits.
--
-- Change one thing:  18_4_1_goroutines   the scheduler divides the work, and each goes its own way

scenario { title = "One command, 65,536 work items", book = "18.4.1", procs = 2, seed = 1 }

local w, h  = 256, 256
local takes = knob("takes", "400us")    -- what the device needs for the picture

main(function()
  local frame = heap.floats("frame", w * h)
  local pin = runtime.Pinner()
  pin:Pin(frame)
  local drawn = cl.kernel("mandelbrot", frame, w, h, 64):launch { takes = takes }
  note "The launch has returned. 65,536 work items, and Go knows of none."
  drawn:wait()
  pin:Unpin()
end)

-- The steps of one pixel, as in mandelbrot.cl: to see how much of the device stands still because a neighbour needs longer.
local function steps(i)
  local cr, ci = -2.5 + 3.5 / w * (i % w + 0.5), 3.5 / w * (0.5 * h - i // w - 0.5)
  local zr, zi, count = 0, 0, 0
  while count < 64 and zr * zr + zi * zi <= 4 do
    zr, zi, count = zr * zr - zi * zi + cr, 2 * zr * zi + ci, count + 1
  end
  return count
end

local needed, paid = 0, 0
for row = 0, h - 1, 16 do                 -- every sixteenth row will do
  for first = row * w, row * w + w - 1, 64 do
    local slowest = 0
    for i = first, first + 63 do
      needed, slowest = needed + steps(i), math.max(slowest, steps(i))
    end
    paid = paid + 64 * slowest
  end
end
note(string.format("Of 64 neighbours all pay for the slowest: %d steps for %d that are needed.", paid, needed))

expect {
  goroutines = 1,
  crossings  = 2,
  launches   = 1,
  time       = at_most("450us"),
  findings   = {},
}
-- Points inside never escape; the corners are far outside.
expect.result("frame", function(i, v)
  local x, y = i % 256, i // 256
  if x < 8 and y < 8 then return v <= 3 end
  return v >= 1 and v <= 64
end)
