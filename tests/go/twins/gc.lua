-- What does a collection do to goroutines that compute, and to one in C?
--
-- The twin of gc.go. Each collection stops the world twice; the one in C does not notice.

scenario { title = "Three collections under load", procs = 2, seed = 1 }

local done = chan(3)

local function worker()
  compute("20ms", { calls = "100ns" })
  done:send(true)
end

go("worker", worker)
go("worker", worker)
go("in_c", function()
  C.call("block", "30ms")
  done:send(true)
end)

main(function()
  sleep "5ms"
  for _ = 1, 3 do runtime.GC() end
  for _ = 1, 3 do done:recv() end
  note "end"
  sleep "5ms" -- the others come to their end, too
end)
