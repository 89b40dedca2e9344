-- Sixteen agents, and one goroutine that owns the device: the funnel.               21.1
--
-- 21_1_each_wrong with one thing changed: to think, an agent asks by a channel and waits at another one. The funnel takes all who have
-- asked by now, makes one step of the model for them, and answers. Agents wait at channels, where waiting costs no
-- thread; who waits for a tool is not in the batch, and the others go on. One thread is in C, and a step
-- makes up to sixteen tokens.
--
-- Change one thing:  --set yield=true   15 steps, where 8 would do: who misses the first one, and what does Gosched change?
--                    --set agents=64    what grows, and what does not?

scenario { title = "One goroutine owns the device", book = "21.1", procs = 2, seed = 1, device_memory = "256KiB" }

local agents = knob("agents", 16)
local tool   = knob("tool", "3ms")      -- what a tool takes; its answer comes by the network
local step   = knob("step", "1ms")      -- what a step of the model takes, for one agent or for all
local yield  = knob("yield", false)     -- the funnel lets others run before it takes who has asked
local rounds, thought = 2, 4            -- so often think and act; tokens of each thought
local room, numbers = 16, (64 + 3 * 16) * 16
local said   = heap.ints("said", agents * room) -- what each agent has read and said
local asked  = chan(agents, "asked")

local function funnel()
  local model    = cl.locked("model", numbers, "ints")
  local cache    = cl.buffer("kv_cache", agents * 2 * room * 16, "ints")
  local sequence = cl.locked("sequence", agents * room, "ints")
  local span     = cl.locked("span", 2 * agents, "ints")
  for i = 0, numbers - 1 do model[i] = (i * 2654435761 % (1 << 32) >> 20) % 16 - 8 end
  for i = 0, 2 * agents - 1 do span[i] = 0 end
  local decode = cl.kernel("decode", sequence, cache, span, model, room)

  local first = asked:recv()
  while first do
    local batch, more = {}, first
    if yield then runtime.Gosched() end
    while more do
      batch[#batch + 1] = more
      for k, token in ipairs(more.reads) do sequence[more.slot * room + more.at + k - 1] = token end
      span[2 * more.slot], span[2 * more.slot + 1] = more.at, more.at + #more.reads
      more = select { case.recv(asked), default = function() end }
    end
    decode:launch({ items = agents, takes = step }):wait()
    for _, a in ipairs(batch) do
      local upto = span[2 * a.slot + 1]
      span[2 * a.slot] = upto
      a.answer:send(sequence[a.slot * room + upto])
    end
    first = asked:recv()
  end
  for _, memory in ipairs { model, cache, sequence, span } do cl.release(memory) end
end

local states = {}                       -- what is done in each, and which is the next

-- What it hears is what the model reads in its next step.
local function hears(a, token)
  a.reads[#a.reads + 1] = token
  said[a.slot * room + a.at + #a.reads - 1] = token
end

function states.think(a)
  for _ = 1, thought do
    asked:send(a)
    local token = a.answer:recv()
    a.at, a.reads = a.at + #a.reads, {}
    hears(a, token)
  end
  return "act"
end

function states.act(a)
  net.read(tool)
  hears(a, 42)                          -- the tool's answer: a token to be read with the last one
  a.round = a.round + 1
  return a.round > rounds and "done" or "think"
end

main(function()
  local all, device = sync.WaitGroup(), sync.WaitGroup()
  device:Go("funnel", funnel)
  local begun = time.Now()
  for i = 0, agents - 1 do
    all:Go("agent", function()
      local a, state = { slot = i, round = 1, at = 0, reads = {}, answer = chan(1, "answer") }, "think"
      hears(a, i % 2)
      hears(a, 7)
      while state ~= "done" do state = states[state](a) end
    end)
  end
  all:Wait()
  note(string.format("%d agents are done after %d us.", agents, time.Since(begun) // 1000))
  asked:close()
  device:Wait()
end)

expect {
  threads   = at_most(6),
  launches  = between(rounds * thought, 3 * rounds * thought),
  not_freed = 0,
  findings  = {},
}
expect.result("said", function(i, token) -- two prompts, and two conversations
  return token == said[i // room % 2 * room + i % room]
end)
