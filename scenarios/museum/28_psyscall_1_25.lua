-- What does the state of a P behind a C call cost?                                   18.2.2
--
-- golang/go 58492 proposed to do without _Psyscall; Go 1.26 does. Up to 1.25 a goroutine that goes out to C gives
-- its P a state of its own and lets go of it, and on the way back has to win it again by compare-and-swap:
-- 51 ns for an empty call. Since 1.26 the goroutine's own state says it all, and a call is 27 ns.
--
-- Look for P_SYSCALL behind each CGO_ENTER. 28_psyscall_1_26 differs in the version of Go only.

scenario {
  title = "A P with a state of its own (golang/go 58492)",
  book = "18.2.2", go = "1.25", procs = 2, seed = 1,
}

local calls = knob("calls", 60)

main(function()
  for _ = 1, calls do
    C.call("sqrt", "20ns")
  end
end)

expect {
  crossings = calls,
  time      = at_least("4us"), -- 60 calls of 20 ns, and 51 ns for the way of each
  findings  = {}, -- the figures are the point
}
