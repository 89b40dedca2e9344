-- What does a call from C into Go cost in Go 1.22.5?                                 18.2.4
--
-- golang/go 68587, found by apache/arrow-adbc 2021, where a query went from 2 s to 5.5 s with a minor release:
-- 1.22.5 cured a crash of C code that switches stacks (62440) by asking for the bounds of the C stack at each
-- call into Go. The question (pthread_getattr_np) costs more than the call. A release blocker, closed: since
-- 1.23 it is asked once again, 81 to 89 ns a call instead of 346 to 391.
--
-- Nothing looks wrong here: same events, same order. Compare the times of CALLBACK and CALLBACK_END.
-- 06_stack_bounds_right differs in the version of Go only.

scenario {
  title = "A minor release makes callbacks dear (golang/go 68587)",
  book = "18.2.4", go = "1.22.5", procs = 2, seed = 1,
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
  time      = at_least("95us"),  -- 80 rows of 300 ns are 24 us, and starting the C thread is 40 us
  findings  = {},                -- the figures are the point
}
