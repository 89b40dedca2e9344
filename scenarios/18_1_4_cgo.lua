-- Who is held up while a job of 5 ms runs?  By cgo: nobody, after the first 40 us.  18.1.4
--
-- The job is y = 2x + y. Beside it a heartbeat computes in beats of 100 us, and a collector calls runtime.GC after
-- 1 ms. Each has a P. The job is in C: sysmon takes its P away, and what a thread in C does is no matter to a stop
-- of the world. Both go on as if there were no job.
--
-- Change one thing:  18_1_4_purego    the same door without a C compiler
--                    18_1_4_wasm      a sandbox inside the process
--                    18_1_4_go        no foreign code at all
--                    18_1_4_process   another process

scenario { title = "One job, by cgo", book = "18.1.4", procs = 3, seed = 1 }

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
  across("cgo", "saxpy", y, x, 2.0, { takes = takes })
  note "The job is done."
  seen[0], seen[1], over = beats, collected and 1 or 0, true
  done:send(true)
end)

main(function()
  for _ = 1, 3 do done:recv() end
end)

expect {
  crossings = 1,
  behind_c  = at_most("1ms"),       -- a P stood still behind the job until it was taken
  stopped   = at_most("1ms"),       -- the world, in both stops together
  findings  = {},
}
expect.result("seen", function(i, v) return i == 0 and v >= 25 or i == 1 and v == 1 end) -- nobody waited for the job
expect.result("y", function(i, v) return v == 2.0 * i + i end)
