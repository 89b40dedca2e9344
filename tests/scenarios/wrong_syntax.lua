-- Go written into a Lua file: line 4 is no Lua.
scenario { title = "syntax" }
main(function()
  x := 5
end)
