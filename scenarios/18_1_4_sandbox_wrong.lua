-- What does a long job in a sandbox do to a program with one P?                     18.1.4
--
-- A job of 50 ms in a Wasm sandbox, and beside it a heartbeat that a ticker wakes every millisecond. For the
-- scheduler the sandbox's code is Go code that never comes to a safe point: after 10 ms sysmon asks it to stop, and
-- goes on asking. All the time the heartbeat is runnable, and does not even come to start its ticker.
--
-- Change one thing:  18_1_4_sandbox_right   the same job by cgo: one word

scenario { title = "A long job in a sandbox", book = "18.1.4", procs = 1, seed = 1 }

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
  across("wasm", "saxpy", y, x, 2.0, { takes = "50ms" })
  note("The job is done; the heart has beaten " .. beats .. " times meanwhile.")
  seen[0], over = beats, true
  done:send(true)
end)

main(function()
  for _ = 1, 2 do done:recv() end
end)

expect { findings = { "starvation" } }
expect.result("seen", function(_, v) return v <= 1 end)
expect.result("y", function(i, v) return v == 2.0 * i + i end)
