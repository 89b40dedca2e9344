-- What ends a wait, when the runtime does not notice that it never will?             18.2.2
--
-- 19_silence_wrong with two things changed. Whoever knows that nothing more will be sent says so: the channel is closed behind the
-- last lookup. And main waits for each answer for 50 ms and no longer: a select with a timer is the report that Go does not
-- give once cgo is linked, with the place and the reason in it.
--
-- Change one thing:  --set forgets=true   the channel is not closed: now somebody says so, after 50 ms

scenario { title = "A wait with two ends (golang/go 25538)", book = "18.2.2", procs = 2, seed = 1 }

local lookups = knob("lookups", 6)
local forgets = knob("forgets", false)
local answers = chan(0, "answers")
local all     = sync.WaitGroup("all")

local function lookup() C.call("getaddrinfo", "1ms") end

main(function()
  for i = 1, lookups do
    all:Go("lookup", function()
      lookup()
      answers:send(i)
    end)
  end
  go("closer", function()
    all:Wait()
    if not forgets then answers:close() end
  end)
  local got, waiting = 0, true
  while waiting do
    select {
      case.recv(answers, function(_, ok)
        if ok then got = got + 1 else waiting = false end
      end),
      case.recv(time.After "50ms", function()
        note("main: no answer for 50 ms, after " .. got .. " of them; I give up.")
        waiting = false
      end),
    }
  end
end)

expect {
  outcome   = "exited",
  crossings = lookups,
  time      = forgets and at_least("50ms") or at_most("20ms"),
  findings  = {},
}
