-- What happens when a driver's own thread calls Go?                                 18.2.4
--
-- C starts two threads, and both call Go whenever they have something to tell. Such a thread has neither M nor goroutine.
-- It borrows an extra M with a goroutine on it (needm), comes into Go by the same door as anyone who returns from C,
-- needs a P like anyone else, and leaves that P standing behind itself when it goes back to C. At first there is one
-- extra M; who takes the last one has another made, and who comes in between waits for that. Since Go 1.21 a C
-- thread keeps its M until it ends: only its first call is dear.
--
-- Change one thing:  18_2_4_callback_1_20   the same by the rules of Go 1.20: borrowed and given back each time
--                    18_2_4_callback_waits  no P is free when C calls
--                    --procs 2              both Ps stand behind the two C threads: when does main run?

scenario { title = "The driver calls back", book = "18.2.4", procs = 3, seed = 1, go = "1.26" }

local calls  = knob("calls", 8)         -- of each thread
local events = chan(2 * calls)

local function driver(first)
  return function()
    C.work(first)
    for i = 1, calls do
      C.callback("onEvent", function() events:send(i) end)
      C.work "20us"
    end
  end
end

main(function()
  C.thread("driver", driver "21us")
  C.thread("audio", driver "1us")  -- made 20 us later: it calls when the only extra M has just been taken
  for _ = 1, 2 * calls do events:recv() end
  note "All events are here."
end)

expect {
  crossings = 2,          -- pthread_create, twice: all others came from the other side
  callbacks = 2 * calls,
  needms    = 2,          -- one for each thread: it keeps what it has borrowed
  findings  = {},
}
