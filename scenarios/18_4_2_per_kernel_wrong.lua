-- A goroutine for each kernel: what do goroutines add to a queue?                   18.4.2
--
-- Sixteen pieces of work, each: copy there, compute, copy back. "Goroutines are cheap", so each piece has one, and each
-- waits for its own commands. But they wait in C: sixteen goroutines are sixteen threads, and the device has one queue,
-- in which the pieces stand one behind the other anyway. Nothing overlaps; what was bought is threads.
--
-- Change one thing:  18_4_2_per_pipeline_right   one goroutine enqueues all of it; events say what waits for what

scenario { title = "A goroutine for each kernel", book = "18.4.2", procs = 2, seed = 1 }

local pieces = knob("pieces", 16)
local n      = 16384
local done   = chan(pieces, "done")

main(function()
  local d, h, out = {}, {}, heap.floats("out", pieces)
  for i = 1, pieces do
    d[i], h[i] = cl.buffer("d" .. i, n, "floats"), cl.locked("h" .. i, n, "floats")
    for k = 0, n - 1 do h[i][k] = i end
  end
  local begun = time.Now()
  for i = 1, pieces do
    go("piece", function()
      cl.write(d[i], h[i])
      cl.kernel("scale", d[i], 2.0):launch { takes = "200us" }
      cl.read(d[i], h[i])
      cl.finish()
      done:send(i)
    end)
  end
  for _ = 1, pieces do done:recv() end
  note(string.format("All is done after %d us.", time.Since(begun) // 1000))
  for i = 1, pieces do
    out[i - 1] = h[i][7]
    cl.release(d[i])
    cl.release(h[i])
  end
end)

expect {
  launches  = 3 * pieces,
  threads   = at_least(pieces // 2),
  not_freed = 0,
  time      = at_least("3ms"),
  findings  = { "thread-inflation" },
}
expect.result("out", function(i, v) return v == 2 * (i + 1) end)
