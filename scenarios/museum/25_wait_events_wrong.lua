-- What do a hundred waits for a device cost the scheduler?                           18.2.3
--
-- rust-opencl 22, of 2013: "hundreds of tasks", each enqueues a kernel, waits for it, and sends its data back
-- to the main task. Rust's tasks were what goroutines are: many, on a few scheduler threads. But nobody took its work away
-- from a scheduler thread that waited in C, so who blocked in C blocked whoever was queued there. It is the mistake that this
-- program is about, and it was made there first.
--
-- Go differs in this: sysmon takes the P from each wait, and a thread goes on with it, a new one if none is idle. So nothing
-- freezes; the same mistake is paid for in threads, and those stay. Look at P_RETAKE and M_NEW.
-- The fix, which that issue asked for: 25_wait_events_right lets the driver send on a channel.

scenario { title = "A hundred in clWaitForEvents (rust-opencl 22)", book = "18.2.3", procs = 2, seed = 1 }

local tasks = knob("tasks", 100)
local takes = knob("takes", "100us")          -- of each kernel on the device; the host has nothing to do meanwhile
local done  = chan(0, "done")

main(function()
  local out, pin = heap.floats("out", tasks), runtime.Pinner()
  for i = 1, tasks do
    go("task", function()
      local x = heap.floats("x", 64, i)
      pin:Pin(x)
      cl.kernel("scale", x, 2.0):launch({ takes = takes }):wait()   -- clWaitForEvents: a thread waits
      out[i - 1] = x[0]
      done:send(i)
    end)
  end
  for _ = 1, tasks do done:recv() end
  pin:Unpin()
end)

expect {
  launches         = tasks,
  threads          = at_least(tasks // 4),
  threads_max_in_c = at_least(tasks // 4),
  retakes          = at_least(tasks // 2),
  findings         = { "thread-inflation" },
}
expect.result("out", function(i, v) return v == 2 * (i + 1) end)
