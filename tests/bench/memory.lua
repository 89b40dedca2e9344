-- Objects that come and go, collections that move them, kernels that use them. `make bench` looks at a trace of it.
scenario { title = "Objects and collections", book = "18.3.4", procs = 4, seed = 1, limit = "1000s" }
local rounds = knob("rounds", 1000)
local workers, kept = 16, 200
local done = chan(workers)

for i = 1, workers do
  go("worker", function()
    local keep = {}
    for k = 1, rounds do
      local o = heap.floats("o" .. k % 50, 16 + (i * k) % 37 * 4)
      o[0] = k
      keep[k % kept + 1] = o
      if k % 20 == 0 then
        local pin = runtime.Pinner()
        pin:Pin(o)
        C.call("use", "2us")
        pin:Unpin()
      end
      if k % 500 == 0 and i == 1 then runtime.GC() end
    end
    done:send(true)
  end)
end

main(function()
  for _ = 1, workers do done:recv() end
end)
