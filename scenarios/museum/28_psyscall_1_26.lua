-- What does a C call cost when P has no state for it?                                18.2.2
--
-- 28_psyscall_1_25 under Go 1.26: no P_SYSCALL. "Its P is behind a call" is read off the goroutine on the P's
-- thread, and one compare-and-swap out and one back are all that is left: 27 ns instead of 51, the release
-- notes say 30 % less.

scenario {
  title = "The goroutine's state says it all (golang/go 58492)",
  book = "18.2.2", go = "1.26", procs = 2, seed = 1,
}

local calls = knob("calls", 60)

main(function()
  for _ = 1, calls do
    C.call("sqrt", "20ns")
  end
end)

expect {
  crossings = calls,
  time      = at_most("3.2us"), -- 60 calls of 20 ns, and 27 ns for the way of each
  findings  = {}, -- the figures are the point
}
