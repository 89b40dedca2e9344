-- A scenario starts no processes.
scenario { title = "processes" }
main(function()
  os.execute("true")
end)
