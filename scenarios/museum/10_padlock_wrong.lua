-- What does it cost to ask a goroutine that is locked to its thread?                 18.2.5
--
-- golang/go 21827, open (18023 before it): whoever needs one thread, such as Delve for ptrace, locks a goroutine
-- to it and sends it requests. Each request is then two hand-overs from thread to thread, through the kernel:
-- 0.5 us became 7.9 us, and two thirds of the time that a breakpoint's condition took. A proposal to run several
-- goroutines on such a thread (49848) was closed.
--
-- Look at M_LOCK_PARK and M_LOCK_WAKE around each value. With --set lock=false the same exchange takes 0.4 us.
-- The fix: 10_padlock_right asks for ten things at a time.

scenario { title = "Ping-pong with a padlock (golang/go 21827)", book = "18.2.5", procs = 2, seed = 1 }

local lock     = knob("lock", true)
local requests = knob("requests", 40)
local batch    = knob("batch", 1) -- requests for each exchange
local ask      = chan()
local answer   = chan()

go("ptrace", function()
  if lock then runtime.LockOSThread() end
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
  locked_switches = lock and at_least(requests - 1) or 0,
  time         = lock and at_least("350us") or at_most("100us"), -- 40 calls of 227 ns are 9 us
  findings     = {},                                             -- the figures are the point
}
