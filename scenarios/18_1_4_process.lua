-- Who is held up while a job of 5 ms runs?  By another process: nobody.              18.1.4
--
-- 18_1_4_cgo in another process (there really is one). The request goes through a pipe and the goroutine parks at the
-- network poller: no thread, no P, and if the other process crashes, an error. The price is the way there and back:
-- 30 us, and 1 ns for each of 192 KiB. For a job of 1 us it is absurd, for one of a second it is free.

scenario { title = "One job, in another process", book = "18.1.4", procs = 3, seed = 1 }

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
  across("process", "saxpy", y, x, 2.0, { takes = takes })
  note "The job is done."
  seen[0], seen[1], over = beats, collected and 1 or 0, true
  done:send(true)
end)

main(function()
  for _ = 1, 3 do done:recv() end
end)

expect {
  crossings = 0,
  behind_c  = 0,
  stopped   = at_most("1ms"),       -- the world, in both stops together
  findings  = {},
}
expect.result("seen", function(i, v) return i == 0 and v >= 25 or i == 1 and v == 1 end) -- nobody waited for the job
expect.result("y", function(i, v) return v == 2.0 * i + i end)
