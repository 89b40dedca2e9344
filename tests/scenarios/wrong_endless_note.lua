-- The same, with operations that take no time.
scenario { title = "endless, with operations" }
main(function()
  while true do compute "0s" end
end)
