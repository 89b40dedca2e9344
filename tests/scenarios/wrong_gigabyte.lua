-- A text of a gigabyte.
scenario { title = "a gigabyte" }
main(function()
  local text = string.rep("x", 1 << 30)
  note(text)
end)
