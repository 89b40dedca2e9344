-- How much goes down with an inference engine that aborts?                           20.1.3
--
-- ollama PR 2910 and 3218: the engine is a C++ library in the server's process. At its third request it finds a mistake of its own and
-- calls abort(). There is no exception that Go could recover from, and no goroutine that would be spared: the request of the other
-- client, half done, and the server with all that it has loaded are gone.
--
-- The fix: 13_runner_right, the engine in a process of its own.

scenario { title = "An engine that aborts in the server's process (ollama 2910)", book = "20.1.3", procs = 2, seed = 1 }

local served = heap.ints("served", 1)
local done = chan(2)

local function client(name, first)
  go(name, function()
    local x, y = heap.floats(name .. ".x", 1024, 1), heap.floats(name .. ".y", 1024, 1)
    for request = first, first + 6, 2 do
      pcall(across, "cgo", "saxpy", y, x, 2.0, { takes = "200us", aborts = request == 3 }) -- recover does not help
      served[0] = served[0] + 1
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

expect { outcome = "panic", findings = {} }
expect.result("served", function(_, v) return v == 2 end) -- of 8
