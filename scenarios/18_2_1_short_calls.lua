-- Is a call out of Go a blocking call?  Sixty short ones.                           18.2.1
--
-- One P. A goroutine makes 60 calls of C, 2 us each, while another could run. To the runtime a call is blocking when it
-- has lasted too long, and the only one who asks is sysmon, every 20 us. It sees a call out of Go each time, and each
-- time it is a new one: it remembers it, and takes nothing. All come back by the fast path. The other goroutine
-- waits for 120 us, behind a goroutine that was hardly ever in Go; no Go code could have done worse.
--
-- Change one thing:  18_2_1_long_call     the same 120 us in one call
--                    18_2_1_late_sysmon   one call, when sysmon has not been needed for a while

scenario { title = "Sixty short calls", book = "18.2.1", procs = 1, seed = 1 }

local calls = knob("calls", 60)
local takes = knob("takes", "2us")      -- what a call needs in C
local done  = chan(2)

go("worker", function()
  compute "25us"
  done:send(true)
end)

go("caller", function()
  for _ = 1, calls do C.call("poll", takes) end
  note "Back from the last call, and still on the same P."
  done:send(true)
end)

main(function()
  for _ = 1, 2 do done:recv() end
end)

expect {
  crossings  = calls,
  exits_fast = calls,
  retakes    = 0,
  threads    = 2,         -- M0, and sysmon
  findings   = {},
}
