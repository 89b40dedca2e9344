-- What happened in Go 1.20 when a driver's own thread called Go?                    18.2.4
--
-- 18_2_4_callback by the rules of Go 1.20. The extra M goes back on its list after each call (dropm), and is borrowed anew
-- for the next one: signal masks, an alternate stack, a lock on the list, 1 to 3 us each time, where 1.21 needs
-- 0.1 to 0.2. A sound card or a sensor that calls ten thousand times a second noticed.

scenario { title = "The driver calls back, in Go 1.20", book = "18.2.4", procs = 3, seed = 1, go = "1.20" }

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
  needms    = 2 * calls,  -- one for each call
  findings  = {},
}
