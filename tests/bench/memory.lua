-- Objects that live, are pinned, given to C, and moved by one collection after another. `make bench` looks at a trace of it.
scenario { title = "Objects and collections", book = "18.3.4", procs = 4, seed = 1, limit = "1000s" }
local rounds = knob("rounds", 100)
local workers, kept = 16, 300
local done = chan(workers)

for i = 1, workers do
  go("worker", function()
    local keep = {}
    for k = 1, kept do keep[k] = heap.floats("o" .. k, 16 + (i * k) % 37 * 4) end
    for k = 1, rounds do
      local at = (k * 7 + i) % kept + 1
      if k % 8 == 0 then keep[at] = heap.floats("o" .. at, 16 + (i * k) % 37 * 4) end
      local pin = runtime.Pinner()
      pin:Pin(keep[at])
      C.call("use", "2us")
      pin:Unpin()
      if i == 1 then runtime.GC() end
      keep[1][0] = k
    end
    for k = 1, kept do keep[k][0] = 1 end
    done:send(true)
  end)
end

main(function()
  for _ = 1, workers do done:recv() end
end)
