-- How often must a goroutine be asked that is locked to its thread?                  18.2.5
--
-- 10_padlock_wrong with ten requests for each exchange: the same calls on the same thread, a tenth of the
-- hand-overs. Where one answer does not depend on the one before, that is all there is to it.

scenario {
  title = "Ten requests behind one padlock (golang/go 21827)",
  book = "18.2.5", procs = 2, seed = 1,
}

local requests = knob("requests", 40)
local batch    = knob("batch", 10) -- requests for each exchange
local ask      = chan()
local answer   = chan()

go("ptrace", function()
  runtime.LockOSThread()
  for n in ask:each() do
    for _ = 1, n do C.call("ptrace", "200ns") end
    answer:send(n)
  end
end)

main(function()
  for _ = 1, requests // batch do
    ask:send(batch)
    answer:recv()
  end
end)

expect {
  crossings    = requests,
  locked_switches = at_most(10),
  time         = at_most("120us"),
  findings     = {},
}
