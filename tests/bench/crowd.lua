-- Two thousand goroutines on eight Ps, in pipelines of ten channels. `make bench` looks at a trace of it in the window.
scenario { title = "Two thousand goroutines", book = "18.4.1", procs = 8, seed = 1, limit = "1000s" }
local items = knob("items", 60)
local pipelines, stages = 200, 10
local ends = chan(pipelines)

local function pass(from, to, takes)
  for v in from:each() do
    compute(takes)
    to:send(v)
  end
  to:close()
end

for p = 1, pipelines do
  local first = chan(4)
  local from = first
  for s = 1, stages do
    local to = chan(p % 5)
    go("stage", pass, from, to, 200 + p % 7 * 150 .. "ns")
    from = to
  end
  local last = from
  go("source", function()
    for i = 1, items do first:send(i) end
    first:close()
  end)
  go("sink", function()
    for _ in last:each() do compute "100ns" end
    ends:send(p)
  end)
end

main(function()
  for _ = 1, pipelines do ends:recv() end
end)
