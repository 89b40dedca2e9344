-- Main waits for a value that nobody sends.
scenario { title = "deadlock" }
local never = chan()
main(function() never:recv() end)
