-- The client has gone. Who stops working?                                           21.3.2
--
-- A request is answered by eight goroutines: each decodes a piece in C, 20 ms, and they have all been given the request's context.
-- After 5 ms the client hangs up, and its context is cancelled: a flag is set, a channel closed. Seven do not hear of it,
-- and nor does the eighth: they are in C, where Go can end nothing. For 15 ms more eight threads compute what nobody
-- wants, and the next request waits behind them.
--
-- Change one thing:  21_3_cancel_right   the same work in pieces of 1 ms, and a look at the context between them

scenario { title = "Cancelled, and still at work", book = "21.3.2", procs = 4, seed = 1 }

local pieces = knob("pieces", 8)
local ended  = chan(pieces, "ended")

main(function()
  local ctx, cancel = context.WithCancel(context.Background())
  for _ = 1, pieces do
    go("decoder", function()
      if ctx:Err() == nil then C.call("decode", "20ms") end
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
  time      = at_least("20ms"),
  crossings = pieces,
  findings  = { "uncancellable" },
}
