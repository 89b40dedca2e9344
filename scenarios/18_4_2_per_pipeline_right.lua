-- A goroutine for the pipeline: the device has the graph, Go has one wait.          18.4.2
--
-- The same sixteen pieces. One goroutine enqueues them in two streams: while one piece is computed, the next is copied
-- there and the last is copied back. What must come first stands in the wait lists, so nobody in Go waits for it. When all is done a
-- thread of the driver's calls Go once, and that sends on a channel: no thread of Go's has ever waited in C.
--
-- Change one thing:  18_4_2_per_kernel_wrong   a goroutine for each piece

scenario { title = "A goroutine for the pipeline", book = "18.4.2", procs = 2, seed = 1 }

local pieces = knob("pieces", 16)
local n      = 16384
local done   = chan(1, "done")

main(function()
  local copies, kernels, back = cl.queue "copies", cl.queue "kernels", cl.queue "back"
  local d, h, out = {}, {}, heap.floats("out", pieces)
  for i = 1, pieces do
    d[i], h[i] = cl.buffer("d" .. i, n, "floats"), cl.locked("h" .. i, n, "floats")
    for k = 0, n - 1 do h[i][k] = i end
  end
  local begun, last = time.Now()
  for i = 1, pieces do
    local sent = cl.write(d[i], h[i], { queue = copies })
    local made = cl.kernel("scale", d[i], 2.0):launch { queue = kernels, takes = "200us", after = sent }
    last = cl.read(d[i], h[i], { queue = back, after = made })
  end
  last:callback("goDone", function() done:send(true) end)
  note "All is enqueued. I wait at a channel, not in C."
  done:recv()
  note(string.format("All is done after %d us.", time.Since(begun) // 1000))
  for i = 1, pieces do
    out[i - 1] = h[i][7]
    cl.release(d[i])
    cl.release(h[i])
  end
end)

expect {
  launches  = 3 * pieces,
  threads   = at_most(4),
  callbacks = 1,
  not_freed = 0,
  findings  = {},
}
expect.result("out", function(i, v) return v == 2 * (i + 1) end)
