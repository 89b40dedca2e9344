-- How do many callbacks do with few Ms?                                              18.2.4
--
-- 04_c_threads_wrong with the calls made by two C threads, one after the other: each borrows an M at its first
-- call and has it for all the others.

scenario {
  title = "Two C threads make all the calls (golang/go 60004)",
  book = "18.2.4", procs = 2, seed = 1, max_threads = 20,
}

local calls   = knob("calls", 30)
local threads = knob("threads", 2)
local done    = chan(calls)

main(function()
  for _ = 1, threads do
    C.thread("pool", function()
      for _ = 1, calls // threads do
        C.work "5us"
        C.callback("goProgress", function() done:send(true) end)
      end
      C.work "5ms"
    end)
  end
  for _ = 1, calls // threads * threads do done:recv() end
  note "Two C threads have called Go fifteen times each."
end)

expect {
  outcome       = "exited",
  callbacks     = calls // threads * threads,
  needms      = threads,
  extra_threads = at_most(4), -- one each, and one in reserve
  findings      = {},
}
