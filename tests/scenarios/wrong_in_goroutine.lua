-- A goroutine fails in the middle of the run: line 5 adds a number to nothing.
scenario { title = "an error in a goroutine" }
go("worker", function()
  compute "5us"
  local sum = 1 + nothing_yet.count
end)
main(function() sleep "1ms" end)
