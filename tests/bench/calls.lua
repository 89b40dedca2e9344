-- Goroutines that go to C and back: short calls, and long ones for which threads are made. `make bench` looks at a trace of it.
scenario { title = "Calls of C", book = "18.2.1", procs = 4, seed = 1, limit = "1000s" }
local calls = knob("calls", 10000)
local callers, sleepers = 40, 200
local done = chan(callers + sleepers)

for i = 1, callers do
  go("caller", function()
    for k = 1, calls do
      C.call("short", 40 + (i * k) % 7 * 90 .. "ns")
      if k % 10 == 0 then compute "500ns" end
    end
    done:send(true)
  end)
end

for i = 1, sleepers do
  go("sleeper", function()
    for k = 1, calls // 200 do C.call("long", 60 + (i + k) % 9 * 40 .. "us") end
    done:send(true)
  end)
end

main(function()
  for _ = 1, callers + sleepers do done:recv() end
end)
