-- How long can a call out of Go hold a P, if sysmon has not been needed for a while? 18.2.1
--
-- 18_2_1_long_call after 48 ms in which two goroutines took turns of 4 ms, with a call of 30 ms. Whenever sysmon has taken
-- nothing in 50 rounds it doubles its sleep, up to 10 ms; work in Go does not make it quick again, only taking a P does.
-- So one look to see the call and another one to see it again are 10 to 20 ms, and as long as that the P
-- stands still, and whoever is queued waits.
--
-- Change one thing:  --set turns=0   sysmon still looks every 20 us (and the expectation about behind_c fails)

scenario { title = "A long call, and a sleepy watchman", book = "18.2.1", procs = 1, seed = 1 }

local turns = knob("turns", 6)          -- of each, before
local takes = knob("takes", "30ms")     -- what the call needs in C
local done  = chan(2)

local function take_turns()
  for _ = 1, turns do
    compute "4ms"
    runtime.Gosched()
  end
end

go("worker", function()
  take_turns()
  note "At last."
  compute "25us"
  done:send(true)
end)

go("caller", function()
  take_turns()
  note "Into C, while another could run."
  C.call("poll", takes)
  note "Back from the call."
  done:send(true)
end)

main(function()
  for _ = 1, 2 do done:recv() end
end)

expect {
  crossings = 1,
  retakes   = 1,
  threads   = 3,
  behind_c  = between("10ms", "20ms"),
  findings  = {},
}
