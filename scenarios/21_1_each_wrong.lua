-- Sixteen agents, a goroutine each, and each calls the device. What do they share?  21.1
--
-- An agent is a loop of states: think (the model says some tokens), act (a tool does something, and its answer is read, too), think
-- again, done. The loop is Go's and costs nothing while it waits. But each goroutine launches its own step of the model and waits
-- for it in C: sixteen threads for one device, which does one step after the other, each for one agent. A step for all
-- of them would take no longer.
--
-- Change one thing:  21_1_funnel_right   one goroutine owns the device, and makes a step for all who have asked

scenario { title = "Every agent goes to the device", book = "21.1", procs = 2, seed = 1, device_memory = "256KiB" }

local agents = knob("agents", 16)
local tool   = knob("tool", "3ms")      -- what a tool takes; its answer comes by the network
local step   = knob("step", "1ms")      -- what a step of the model takes, for one agent or for all
local rounds, thought = 2, 4            -- so often think and act; tokens of each thought
local room, numbers = 16, (64 + 3 * 16) * 16
local said   = heap.ints("said", agents * room) -- what each agent has read and said
local owned  = {}                       -- what is to be given back

local function locked(name, n)
  owned[#owned + 1] = cl.locked(name, n, "ints")
  return owned[#owned]
end

-- An agent on the device, with a batch of its own: one slot.
local function new_agent(i, model)
  local sequence, span, cache = locked("sequence", room), locked("span", 2), cl.buffer("kv_cache", 2 * room * 16, "ints")
  owned[#owned + 1] = cache
  sequence[0], sequence[1], span[0], span[1] = i % 2, 7, 0, 2
  return { round = 1, sequence = sequence, span = span, decode = cl.kernel("decode", sequence, cache, span, model, room) }
end

local states = {}                       -- what is done in each, and which is the next

function states.think(a)
  for _ = 1, thought do
    a.decode:launch({ items = 1, takes = step }):wait()
    a.span[0], a.span[1] = a.span[1], a.span[1] + 1
  end
  return "act"
end

function states.act(a)
  net.read(tool)
  a.sequence[a.span[1]] = 42            -- the tool's answer: a token to be read with the last one
  a.span[1] = a.span[1] + 1
  a.round = a.round + 1
  return a.round > rounds and "done" or "think"
end

main(function()
  local model, all = locked("model", numbers), sync.WaitGroup()
  for i = 0, numbers - 1 do model[i] = (i * 2654435761 % (1 << 32) >> 20) % 16 - 8 end
  local begun = time.Now()
  for i = 0, agents - 1 do
    local a = new_agent(i, model)
    all:Go("agent", function()
      local state = "think"
      while state ~= "done" do state = states[state](a) end
      for k = 0, a.span[1] - 1 do said[i * room + k] = a.sequence[k] end
    end)
  end
  all:Wait()
  note(string.format("%d agents are done after %d us.", agents, time.Since(begun) // 1000))
  for _, memory in ipairs(owned) do cl.release(memory) end
end)

expect {
  launches  = agents * rounds * thought,
  not_freed = 0,
  findings  = { "thread-inflation" },
}
expect.result("said", function(i, token) -- two prompts, and two conversations
  return token == said[i // room % 2 * room + i % room]
end)
