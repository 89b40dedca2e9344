-- A little of everything, for the tests of the command line: crossings, a kernel, channels, stealing, dice.
scenario { title = "a little of everything", book = "18.2", procs = 3, seed = 7 }
local n = 4096
local x = heap.floats("x", n, function(i) return i % 17 end)
local y = heap.floats("y", n, function(i) return 1 end)
local work, done = chan(4), chan()

for w = 1, 5 do
  go("worker", function()
    for job in work:each() do
      compute(math.random(1, 50) .. "us")
      if job % 3 == 0 then C.call("hash_block", "120us") end
    end
    done:send(w)
  end)
end

go("launcher", function()
  local pin = runtime.Pinner()
  pin:Pin(x)
  pin:Pin(y)
  local k = cl.kernel("saxpy", y, x, 2.0)
  k:launch { takes = "400us" }
  k:launch()
  cl.finish()
  pin:Unpin()
  done:send(0)
end)

main(function()
  for job = 1, 60 do work:send(job) end
  work:close()
  for _ = 1, 6 do done:recv() end
  sleep "100us"
end)

expect { launches = 2, crossings = at_least(20), findings = {} }
expect.result("y", function(i, v) return v == 4.0 * (i % 17) + 1 end)
