-- A picture in eight tiles: a goroutine for each.                                   18.4.1
--
-- 65,536 pixels, up to 64 steps each. Go divides the work into what it has processors for: each goroutine has a stack, a turn
-- in the scheduler, and goes its own way through its pixels. Two Ps, so two tiles at a time. A tile with much of the
-- set in it takes longer than one with little, and whoever is done takes the next: nobody waits for a neighbour.
--
-- Change one thing:  18_4_1_simt   one command with 65,536 work items, which no scheduler of Go's ever sees

scenario { title = "Eight tiles, eight goroutines", book = "18.4.1", procs = 2, seed = 1 }

local pixels = 1 << 16
local tiles  = knob("tiles", 8)
local step   = knob("step", 2)          -- ns that Go needs for one step of one pixel
local done   = chan(tiles, "done")

-- How many steps a pixel takes, on the average of a row: much in the middle of the picture, little at its edges.
local function steps(tile)
  local middle = (tiles + 1) / 2
  return 64 - 48 * math.abs(tile - middle) / middle
end

for tile = 1, tiles do
  go("tile", function()
    compute(math.floor(pixels / tiles * steps(tile)) * step .. "ns")
    done:send(tile)
  end)
end

main(function()
  for _ = 1, tiles do done:recv() end
  note "All tiles are there."
end)

expect {
  goroutines  = tiles + 1,
  crossings   = 0,
  launches    = 0,
  running     = at_least("5ms"),     -- on two Ps: the sum
  time        = between("2.5ms", "4ms"),
  findings    = {},
}
