-- What does a call from C into Go cost, when the thread keeps its M?                  18.2.4
--
-- 05_kept_m_wrong under Go 1.26: the C thread borrows an M at its first call and keeps it until it ends. All
-- later calls find it in a key of the thread: NEEDM once, no DROPM, some 100 ns each.

scenario {
  title = "Borrow once, call often (golang/go 51676)",
  book = "18.2.4", go = "1.26", procs = 2, seed = 1,
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
  needms  = 1,                    -- an M for the thread
  time      = at_most("220us"),
  findings  = {},
}
