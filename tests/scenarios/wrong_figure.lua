-- There is no such figure.
scenario { title = "an unknown figure" }
main(function() compute "5us" end)
expect { handovers = at_least(1) }
