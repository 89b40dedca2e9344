-- A scenario touches no files.
scenario { title = "files" }
main(function()
  io.open("/etc/passwd")
end)
