-- Everybody waits, nobody can be woken: who says so?                                 18.2.2
--
-- golang/go 25538 (open), 12734, 16571 and 29322: "all goroutines are asleep - deadlock!" is a sentence that Go prints as long as a
-- program links no cgo. With one import "C" anywhere (in 12734 it was package net's, in code that was never run) the same mistake
-- is silence: Go keeps an M for threads of C's that might call in, that M counts as awake, and so nobody is ever the last one
-- (checkdead). It is so by design; the report was never promised.
--
-- The mistake: main ranges over a channel that nobody closes. The run ends here, and `faultline findings` gives both verdicts: Go
-- would report it, but this program calls C and hangs. With --set cgo=false Go's own resolver looks up, and Go reports it.
-- The fix: 19_silence_right closes the channel, and does not rely on being told.

scenario { title = "A deadlock that nobody reports (golang/go 25538)", book = "18.2.2", procs = 2, seed = 1 }

local cgo     = knob("cgo", true)
local lookups = knob("lookups", 6)
local answers = chan(0, "answers")

local function lookup()
  if cgo then C.call("getaddrinfo", "1ms") else net.read "1ms" end
end

main(function()
  for i = 1, lookups do
    go("lookup", function()
      lookup()
      answers:send(i)
    end)
  end
  local got = 0
  for _ in answers:each() do   -- ends when it is closed; nobody closes it
    got = got + 1
    if got == lookups then note "All answers are here." end
  end
end)

expect {
  outcome   = "deadlock",
  crossings = cgo and lookups or 0,
  findings  = { "deadlock" },
}
