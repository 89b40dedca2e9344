-- What does a call from C into Go cost in Go 1.23?                                   18.2.4
--
-- 06_stack_bounds_wrong under Go 1.23: the same callbacks, and the bounds of the C stack are asked for once, when
-- the thread borrows its M. 283 ns less for each, a quarter of what it was.

scenario {
  title = "The bounds are asked for once (golang/go 68587)",
  book = "18.2.4", go = "1.23", procs = 2, seed = 1,
}

local rows = knob("rows", 80)
local done = chan(1)

main(function()
  C.thread("driver", function()
    for i = 1, rows do
      C.work "200ns" -- the next row
      C.callback("goRow", function()
        compute "100ns"
        if i == rows then done:send(true) end
      end)
    end
  end)
  done:recv()
end)

expect {
  callbacks = rows,
  needms  = 1,
  time      = at_most("85us"),
  findings  = {},
}
