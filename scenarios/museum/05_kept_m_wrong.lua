-- What does a call from C into Go cost, when each has to borrow an M?                18.2.4
--
-- golang/go 51676: up to Go 1.20 a thread that C made borrowed an M for each call into Go and gave it back
-- afterwards (needm, dropm), with all signals blocked meanwhile: eight system calls around a function that
-- may do nothing. Audio and driver callbacks were 10 to 30 times too slow. Fixed in 1.21 (pull request 51679):
-- the thread keeps its M until it ends.
--
-- Look for NEEDM and DROPM around each CALLBACK. 05_kept_m_right differs in the version of Go only.

scenario {
  title = "Borrow, call, give back (golang/go 51676)",
  book = "18.2.4", go = "1.20", procs = 2, seed = 1,
}

local blocks = knob("blocks", 60)
local done   = chan(1)

main(function()
  C.thread("audio", function()
    for i = 1, blocks do
      C.work "2us" -- the next block of samples
      C.callback("goMix", function()
        compute "500ns"
        if i == blocks then done:send(true) end
      end)
    end
  end)
  done:recv()
end)

expect {
  callbacks = blocks,
  needms  = blocks,               -- an M for each call
  time      = at_least("260us"),    -- 60 blocks of 2.5 us are 150 us: the rest is borrowing
  findings  = {},                   -- the figures are the point
}
