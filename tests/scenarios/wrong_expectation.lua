-- An expectation that does not hold, and one that names no figure is in wrong_figure.lua.
scenario { title = "a failed expectation" }
main(function() compute "5us" end)
expect { threads = at_most(1) }
