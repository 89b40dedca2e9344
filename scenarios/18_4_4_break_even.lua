-- To cross or not to cross: from which size on does it pay?                         18.4.4
--
-- The same pixels in three places: here in Go, in C with SIMD (a crossing, and four pixels at a time), on the device (a
-- launch, a wait, and many at a time). Each way has a price for going there and one for each pixel, so each has its sizes. A
-- crossing is paid back by a handful of pixels, a launch by some hundred. Below that, the way is longer than the work.
--
-- Change one thing:  --time measured   the device found here, in place of the profile's
--                    --set go_ns=8     a lighter kernel: the device must have more of it to be worth the way

scenario { title = "To cross or not to cross", book = "18.4.4", procs = 1, seed = 1 }

local go_ns = knob("go_ns", 128)   -- a pixel in Go: 64 steps of 2 ns
local c_ns  = knob("c_ns", 32)     -- ... in C, four at a time

main(function()
  local frame = heap.floats("frame", 1 << 16)
  local pin = runtime.Pinner()
  pin:Pin(frame)
  local kernel = cl.kernel("mandelbrot", frame, 256, 256, 64)
  kernel:launch():wait()        -- a first time, which is nobody's measure

  local function took(way)
    local begun = time.Now()
    way()
    return time.Since(begun)
  end

  local cross, launch
  for power = 0, 16 do
    local n = 1 << power
    local here   = took(function() compute(n * go_ns .. "ns") end)
    local in_c   = took(function() C.call("shade_simd", n * c_ns .. "ns") end)
    local device = took(function() kernel:launch({ items = n }):wait() end)
    note(string.format("%6d pixels: Go %9d ns, C %9d ns, device %9d ns", n, here, in_c, device))
    if in_c < here then cross = cross or n end
    if device < in_c and device < here then launch = launch or n end
  end
  note("C is faster from " .. tostring(cross) .. " pixels on, the device from " .. tostring(launch) .. " on.")
  pin:Unpin()
end)

expect {
  launches  = 18,
  crossings = 18 + 18 + 17,   -- launches, waits, calls
  findings  = {},
}
