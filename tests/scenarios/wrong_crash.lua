-- The kernel writes far outside of its buffer and the driver crashes: the trace up to the launch is kept.
scenario { title = "a kernel that crashes" }
local x = heap.floats("x", 1024)
main(function()
  note "before the launch"
  cl.kernel("wrong_crash", x):launch()
  cl.finish()
  note "never said"
end)
