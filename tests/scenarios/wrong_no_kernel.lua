-- There is no kernel of this name.
scenario { title = "unknown kernel" }
local x = heap.floats("x", 16)
main(function()
  cl.kernel("sayxpy", x):launch()
end)
