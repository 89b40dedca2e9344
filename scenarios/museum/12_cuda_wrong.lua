-- Why is a CUDA context there in one line and gone in the next?                      18.2.5
--
-- openucx/ucx 9581, minio/warp 499, gorgonia/cu 14: CUDA keeps the current context in the thread. A goroutine
-- sets it, waits for something, and goes on on whichever thread has a P: "invalid device context", now and then,
-- or a silent slow path. The first two are fixed: LockOSThread before the context is set. gorgonia/cu sends all
-- calls to one locked goroutine.
--
-- Look at the thread of "trainer" before and after its long call: its P was taken, and another thread has it.
-- The fix: 12_cuda_right, one line more.

scenario {
  title = "The context stayed on the other thread (openucx/ucx 9581)",
  book = "18.2.5", procs = 1, seed = 1,
}

local steps = knob("steps", 3)
local cuda  = C.context("CUDA context")
local done  = chan(2)

go("loader", function()
  for _ = 1, 8 do
    compute "150us"
    runtime.Gosched()
  end
  done:send(true)
end)

go("trainer", function()
  cuda:make_current()
  for step = 1, steps do
    if not cuda:draw("cuLaunchKernel", "10us") then
      note("step " .. step .. ": invalid device context")
    end
    C.call("cuEventSynchronize", "200us")
  end
  done:send(true)
end)

main(function()
  for _ = 1, 2 do done:recv() end
end)

expect {
  notes    = at_least(1), -- invalid device context
  findings = { "wrong-thread" },
}
