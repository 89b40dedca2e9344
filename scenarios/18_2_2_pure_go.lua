-- What does it cost to wait for the same work, done in Go?                          18.2.2
--
-- 18_2_2_blocking without C: another goroutine computes y = 2x + y, and the launcher waits for it at
-- a channel. Waiting is the runtime's own business here: the launcher parks, its thread and its P go
-- on with the workers at once, and sysmon has nothing to take. No crossing, no extra thread.

scenario { title = "The same work without C", book = "18.2.2", procs = 2, seed = 1 }

local workers = knob("workers", 4)      -- goroutines with work of their own
local n       = 65536
local done    = chan(workers + 1)

for w = 1, workers do
  go("worker", function()
    for _ = 1, 4 do compute "25us" end
    done:send("worker " .. w)
  end)
end

go("launcher", function()
  local x = heap.floats("x", n, function(i) return i end)
  local y = heap.floats("y", n, function(i) return i end)
  local ready = chan()

  go("saxpy", function()
    for first = 0, n - 1, n // 4 do -- a quarter at a time
      compute "30us"
      for i = first, first + n // 4 - 1 do y[i] = 2.0 * x[i] + y[i] end
    end
    ready:send(true)
  end)
  note "The go statement has returned; nothing has been computed yet."
  ready:recv()
  note "Back: I was parked, and nobody had to take anything from me."

  done:send("launcher")
end)

main(function()
  for _ = 1, workers + 1 do done:recv() end
  note "All are done. Four workers and the computation shared two Ps."
end)

expect {
  crossings = 0,
  retakes   = 0,
  handoffs  = 0,
  threads   = at_most(1 + runtime.GOMAXPROCS(0)), -- sysmon, and one for each P
  findings  = {},
}
expect.result("y", function(i, v) return v == 2.0 * i + i end)
