-- A scenario without main: nothing would run.
scenario { title = "no main" }
go("worker", function() compute "5us" end)
