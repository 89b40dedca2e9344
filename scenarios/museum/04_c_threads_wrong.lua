-- What does a C thread cost Go, once it has called it?                               18.2.4
--
-- golang/go 60004: when Go 1.21 began to leave each C thread the M that it had once borrowed, a program with
-- 10,000 C threads ended with "thread exhaustion", although Go had started none of them. Closed, fixed before the
-- release: such Ms do not count any more. They are still there, one for each thread, until C ends it.
--
-- The limit is 20 here, and 30 C threads stay below it, by that rule. Look for EXTRA_NEW and NEEDM.
-- The fix: 04_c_threads_right lets a few C threads make all the calls.

scenario {
  title = "An M for each C thread that ever called (golang/go 60004)",
  book = "18.2.4", procs = 2, seed = 1, max_threads = 20,
}

local calls = knob("calls", 30)
local done  = chan(calls)

main(function()
  for _ = 1, calls do
    C.thread("pool", function()
      C.work "5us"
      C.callback("goProgress", function() done:send(true) end)
      C.work "5ms" -- it lives on, for reasons of C's own, and keeps its M
    end)
  end
  for _ = 1, calls do done:recv() end
  note "Each C thread has called Go once."
end)

expect {
  outcome       = "exited",      -- no thread exhaustion: extra Ms do not count
  callbacks     = calls,
  needms      = calls,         -- needm, each time ...
  extra_threads = at_least(30),  -- ... for an M that nobody else will have
  findings      = {},            -- the figures are the point
}
