-- The kernel's source, wrong_source.cl, does not compile.
scenario { title = "a kernel that does not compile" }
local x = heap.floats("x", 16)
main(function()
  cl.kernel("wrong_source", x, 2.0):launch()
  cl.finish()
end)
