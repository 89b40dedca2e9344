-- The client has gone, and within a millisecond nobody works for it.                21.3.2
--
-- 21_3_cancel_wrong with one thing changed: each piece of work is twenty calls of 1 ms, and between two of them the goroutine looks
-- whether its context is over. Cancelling still ends no call; but the longest one is a millisecond, and that is all that is
-- lost. The price is nineteen crossings more for each, half a microsecond.
--
-- Change one thing:  --set step=5ms   fewer looks, and more that is lost

scenario { title = "Cancelled between two steps", book = "21.3.2", procs = 4, seed = 1 }

local pieces = knob("pieces", 8)
local step   = knob("step", "1ms")
local ended  = chan(pieces, "ended")

main(function()
  local ctx, cancel = context.WithCancel(context.Background())
  for _ = 1, pieces do
    go("decoder", function()
      for _ = 1, 20 do
        if ctx:Err() ~= nil then break end
        C.call("decode_step", step)
      end
      ended:send(true)
    end)
  end
  sleep "5ms"
  cancel()
  note "The client has hung up: the context is cancelled."
  local begun = time.Now()
  for _ = 1, pieces do ended:recv() end
  note(string.format("All have ended, %d us later.", (time.Now() - begun) // 1000))
end)

expect {
  time     = at_most("7ms"),
  findings = {},
}
