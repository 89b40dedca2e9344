-- Who has to wait in C for a hundred kernels?                                        18.2.3
--
-- 25_wait_events_wrong with one line changed: clSetEventCallback in place of clWaitForEvents. When a kernel is done, the driver's own
-- thread calls Go, and that sends on a channel, where the task waits: parked, without a thread. It is what the issue of 2013
-- proposed, and it is right for the same reason in both languages: a channel is a wait that the scheduler can see.
--
-- Look at DEV_NOTIFY, CALLBACK and GO_UNBLOCK. The channel has room for the one value, so the driver's thread is never kept.

scenario { title = "A hundred at a channel (rust-opencl 22)", book = "18.2.3", procs = 2, seed = 1 }

local tasks = knob("tasks", 100)
local takes = knob("takes", "100us")
local done  = chan(0, "done")

main(function()
  local out, pin = heap.floats("out", tasks), runtime.Pinner()
  for i = 1, tasks do
    go("task", function()
      local x, ready = heap.floats("x", 64, i), chan(1, "ready")
      pin:Pin(x)
      cl.kernel("scale", x, 2.0):launch({ takes = takes }):callback("goDone", function() ready:send(true) end)
      ready:recv()                            -- the goroutine waits, and no thread
      out[i - 1] = x[0]
      done:send(i)
    end)
  end
  for _ = 1, tasks do done:recv() end
  pin:Unpin()
end)

expect {
  launches         = tasks,
  callbacks        = tasks,
  threads          = at_most(8),
  threads_max_in_c = at_most(8),
  findings         = {},
}
expect.result("out", function(i, v) return v == 2 * (i + 1) end)
