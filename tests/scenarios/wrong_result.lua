-- The kernel compiles and runs, and computes the wrong thing: wrong_result.cl forgets the last element.
scenario { title = "a kernel that computes the wrong thing" }
local x = heap.floats("x", 1000, function(i) return i end)
main(function()
  cl.kernel("wrong_result", x, 2.0, 1000):launch()
  cl.finish()
end)
expect { launches = 1, findings = {} }
expect.result("x", function(i, v) return v == 2.0 * i end)
