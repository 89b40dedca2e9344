-- A loop in which no virtual time passes: it would stand still on the screen.
scenario { title = "endless" }
main(function()
  while true do end
end)
