-- A worker is cancelled, the next one panics. Where does the third one begin?        21.1
--
-- An agent thinks and sends mail, three times. All there is to know about it between two steps is a small struct in Go: its state,
-- and what has been said. Whoever runs it changes the struct only when a step is done. So the first worker, whose context is over
-- while the first mail is sent, and the second one, who panics in the third thought, leave something to go on from. The KV
-- cache is gone with them each time; but it can be made from the tokens: the next worker's first step reads them all.
--
-- Change one thing:  --set resume=false   each worker begins at the beginning: what is done twice?

scenario { title = "The loop's state is a struct, and survives", book = "21.1", procs = 2, seed = 1, device_memory = "64KiB" }

local resume = knob("resume", true)
local step, tool = knob("step", "1ms"), knob("tool", "3ms")
local rounds, thought = 3, 4            -- so often think and act; tokens of each thought
local room, numbers = 24, (64 + 3 * 16) * 16
local said, plain = heap.ints("said", room), heap.ints("plain", room)
local figures = heap.uints("figures", 2) -- steps of the model, and mails

local function new_agent() return { state = "think", round = 1, left = thought, said = { 3, 7 } } end

-- Runs the agent until it is done, or something else is over. In its nth step it has a mistake.
local function worker(ctx, agent, model, nth)
  local sequence, span = cl.locked("sequence", room, "ints"), cl.locked("span", 2, "ints")
  local cache  = cl.buffer("kv_cache", 2 * room * 16, "ints")
  local decode = cl.kernel("decode", sequence, cache, span, model, room)
  span[1] = 0                           -- the cache has nothing yet
  local steps, states = 0, {}           -- states: what is done in each, and which is the next

  function states.think()
    steps = steps + 1
    if steps == nth then error("index out of range [7] with length 7", 0) end
    for k, token in ipairs(agent.said) do sequence[k - 1] = token end
    span[0], span[1] = span[1], #agent.said -- what the cache has not
    decode:launch({ items = 1, takes = step }):wait()
    figures[0] = figures[0] + 1
    table.insert(agent.said, sequence[span[1]])
    agent.left = agent.left - 1
    return agent.left == 0 and "act" or "think"
  end

  function states.act()
    net.read(tool)                      -- the mail is sent
    figures[1] = figures[1] + 1
    table.insert(agent.said, 42)
    agent.round, agent.left = agent.round + 1, thought
    return agent.round > rounds and "done" or "think"
  end

  local ok, err = pcall(function()      -- defer and recover, in Go
    while agent.state ~= "done" and not ctx:Err() do agent.state = states[agent.state]() end
  end)
  for _, memory in ipairs { sequence, span, cache } do cl.release(memory) end
  return ok and ctx:Err() or err
end

main(function()
  local model, ended = cl.locked("model", numbers, "ints"), chan(0, "ended")
  for i = 0, numbers - 1 do model[i] = (i * 2654435761 % (1 << 32) >> 20) % 16 - 8 end

  local calm, agent, background = new_agent(), new_agent(), context.Background()
  worker(background, calm, model)       -- for comparison: nobody disturbs this one
  figures[0], figures[1] = 0, 0

  local begun = time.Now()
  local ctx, cancel = context.WithTimeout(background, "6ms")
  local lives = { { ctx = ctx }, { ctx = background, nth = 5 }, { ctx = background } }
  for n, life in ipairs(lives) do
    if not resume then agent = new_agent() end
    go("worker", function() ended:send(worker(life.ctx, agent, model, life.nth) or "done") end)
    note(string.format("Worker %d: %s, with %d tokens in the struct.", n, ended:recv(), #agent.said))
  end
  cancel()
  note(string.format("Done after %d us: %d steps, %d mails.", time.Since(begun) // 1000, figures[0], figures[1]))
  for k, token in ipairs(agent.said) do said[k - 1] = token end
  for k, token in ipairs(calm.said) do plain[k - 1] = token end
  cl.release(model)
end)

expect {
  not_freed = 0,
  findings  = {},
}
expect.result("said", function(i, token) return token == plain[i] end)
expect.result("figures", function(i, n)
  local least = i == 0 and rounds * thought or rounds
  if resume then return n == least end
  return n > least
end)
