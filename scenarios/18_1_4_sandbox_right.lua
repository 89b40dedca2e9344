-- What does a long job in C do to a program with one P?                             18.1.4
--
-- 18_1_4_sandbox_wrong by cgo. A call out of Go is the better of two evils here: the runtime cannot see into C either,
-- but it can see that it is C, and takes the P away. The price is a thread, and that nothing protects Go's
-- memory from what the job does.

scenario { title = "A long job by cgo", book = "18.1.4", procs = 1, seed = 1 }

local n     = 16384
local seen  = heap.ints("seen", 1)      -- beats before the job was done
local beats, over = 0, false
local done  = chan(2)

go("heartbeat", function()
  local ticker = time.NewTicker("1ms")
  while not over do
    ticker.C:recv()
    beats = beats + 1
  end
  ticker:Stop()
  done:send(true)
end)

go("job", function()
  local x = heap.floats("x", n, function(i) return i end)
  local y = heap.floats("y", n, function(i) return i end)
  across("cgo", "saxpy", y, x, 2.0, { takes = "50ms" })
  note("The job is done; the heart has beaten " .. beats .. " times meanwhile.")
  seen[0], over = beats, true
  done:send(true)
end)

main(function()
  for _ = 1, 2 do done:recv() end
end)

expect { findings = {} }
expect.result("seen", function(_, v) return v >= 25 end)
expect.result("y", function(i, v) return v == 2.0 * i + i end)
