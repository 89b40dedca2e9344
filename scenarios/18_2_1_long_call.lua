-- Is a call out of Go a blocking call?  One long one.                               18.2.1
--
-- 18_2_1_short_calls with the same 120 us in one call. sysmon's first look at it is the same as before. The second one
-- sees the same call: that is what blocking means to the runtime, and nothing else does. The P goes to a new thread
-- and the other goroutine runs, 70 us late instead of 120.

scenario { title = "One long call", book = "18.2.1", procs = 1, seed = 1 }

local calls = knob("calls", 1)
local takes = knob("takes", "120us")    -- what a call needs in C
local done  = chan(2)

go("worker", function()
  compute "25us"
  done:send(true)
end)

go("caller", function()
  for _ = 1, calls do C.call("poll", takes) end
  note "Back from the call; my P has been elsewhere meanwhile."
  done:send(true)
end)

main(function()
  for _ = 1, 2 do done:recv() end
end)

expect {
  crossings  = calls,
  exits_fast = 0,
  retakes    = 1,
  threads    = 3,         -- M0, sysmon, and one for the P that was taken
  behind_c   = between("20us", "100us"), -- until the second look
  findings   = {},
}
