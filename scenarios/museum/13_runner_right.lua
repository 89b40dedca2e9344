-- How much goes down with an inference engine that aborts?                           20.1.3
--
-- ollama since March 2024: the engine runs in a process of its own (here really one), a runner, and the server talks to it by a pipe. The
-- runner aborts as before. What the server sees is the end of a pipe: one request has an error, and the next starts another
-- runner. The price is what each request takes longer, and the model that has to be loaded anew.

scenario { title = "An engine that aborts in a process of its own (ollama 2910)", book = "20.1.3", procs = 2, seed = 1 }

local served, lost = heap.ints("served", 1), heap.ints("lost", 1)
local done = chan(2)

local function client(name, first)
  go(name, function()
    local x, y = heap.floats(name .. ".x", 1024, 1), heap.floats(name .. ".y", 1024, 1)
    for request = first, first + 6, 2 do
      local ok, why = across("process", "saxpy", y, x, 2.0, { takes = "200us", aborts = request == 3 })
      if ok then
        served[0] = served[0] + 1
      else
        lost[0] = lost[0] + 1
        note("Request " .. request .. " has failed: " .. why .. ". A new runner is started.")
        sleep "2ms"
      end
      sleep "100us"
    end
    done:send(true)
  end)
end

client("alice", 1)
client("bob", 2)

main(function()
  done:recv()
  done:recv()
end)

expect { findings = {} }
expect.result("served", function(_, v) return v == 7 end)
expect.result("lost", function(_, v) return v == 1 end)
