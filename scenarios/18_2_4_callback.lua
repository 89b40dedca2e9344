-- What happens when a driver's own thread calls Go?                                 18.2.4
--
-- C starts two threads, and both call Go whenever they have something to tell. Such a thread has neither M nor goroutine.
-- It borrows an extra M with a goroutine on it (needm), comes into Go by the same door as anyone who returns from C,
-- needs a P like anyone else, and leaves that P standing behind itself when it goes back to C. There is one extra M
-- when the program begins; who takes the last one has a new one made, and who comes in between waits for it. Since
-- Go 1.21 a C thread keeps its M until it ends: only its first call is dear.
--
-- Change one thing:  18_2_4_callback_1_20   the same by the rules of Go 1.20
--                    18_2_4_callback_wait   the Go function waits, and so does the driver

scenario { title = "The driver calls back", book = "18.2.4", procs = 2, seed = 1, go = "1.26" }

local calls  = knob("calls", 8)         -- of each thread
local events = chan(2 * calls)

local function driver()
  for i = 1, calls do
    C.work "20us"
    C.callback("onEvent", function() events:send(i) end)
  end
end

main(function()
  C.thread("driver", driver)
  C.thread("audio", driver)
  for _ = 1, 2 * calls do events:recv() end
  note "All events are here."
end)

expect {
  crossings = 2,          -- pthread_create, twice: the other crossings were C's
  sends     = 2 * calls,
  findings  = {},
}
