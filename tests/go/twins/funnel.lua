-- Who is in the funnel's next step?                                                 21.1
--
-- The twin of funnel.go: four agents ask by a channel and wait at another; one goroutine takes all who have asked by now into a
-- call of C's of 8 ms, and answers them.

scenario { title = "Four agents and a funnel", book = "21.1", procs = 1, seed = 1 }

local agents, thoughts = 4, 3
local asked, done = chan(agents), chan()

local function funnel()
  for first in asked:each() do
    local batch, more = {}, first
    while more do
      batch[#batch + 1] = more
      more = select { case.recv(asked), default = function() end }
    end
    C.call("step", "8ms")
    for n, answer in ipairs(batch) do answer:send(n) end
  end
end

local function agent()
  local answer = chan(1)
  for _ = 1, thoughts do
    asked:send(answer)
    answer:recv()
  end
  done:send(true)
end

main(function()
  for _ = 1, agents do go("agent", agent) end
  go("funnel", funnel)
  for _ = 1, agents do done:recv() end
  asked:close()
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
