-- Who is held up while a job of 5 ms runs?  By a sandbox: everybody.                 18.1.4
--
-- 18_1_4_cgo in a Wasm sandbox inside the process. No call leaves Go, so there is nothing that sysmon could see, and
-- the code has no safe point at which a signal could stop it: P and thread are busy until it returns. The collector
-- asks every 100 us; meanwhile the heartbeat stands still as well, for a stop of the world is for all. Memory is
-- safe from such code, as it is from no other of the five. Time is not.

scenario { title = "One job, in a sandbox", book = "18.1.4", procs = 3, seed = 1 }

local takes = knob("takes", "5ms")      -- what the job needs, wherever it runs
local n     = 16384
local seen  = heap.ints("seen", 2)      -- beats before the job was done; was the collector done before it?
local beats, collected, over = 0, false, false
local done  = chan(3)

go("heartbeat", function()
  while not over do
    compute "100us"
    beats = beats + 1
  end
  done:send(true)
end)

go("collector", function()
  compute "1ms"
  note "The collector stops the world."
  runtime.GC()
  collected = true
  note "The collection is over."
  done:send(true)
end)

-- main starts the job last, so it runs first (runnext).
go("job", function()
  local x = heap.floats("x", n, function(i) return i end)
  local y = heap.floats("y", n, function(i) return i end)
  across("wasm", "saxpy", y, x, 2.0, { takes = takes })
  note "The job is done."
  seen[0], seen[1], over = beats, collected and 1 or 0, true
  done:send(true)
end)

main(function()
  for _ = 1, 3 do done:recv() end
end)

expect {
  crossings = 0,
  stopped   = at_least("2ms"),      -- the world, until the job was over
  findings  = {},
}
expect.result("seen", function(i, v) return i == 0 and v < 25 or i == 1 and v == 0 end) -- all waited for the job
expect.result("y", function(i, v) return v == 2.0 * i + i end)
