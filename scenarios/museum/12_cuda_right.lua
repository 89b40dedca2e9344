-- How does a goroutine keep its CUDA context?                                        18.2.5
--
-- 12_cuda_wrong with one line more: the goroutine is locked to its thread before the context is set there. It
-- pays for that when it comes back from a wait: not any thread can run it, it has to be handed to its own.

scenario {
  title = "The goroutine stays where its context is (openucx/ucx 9581)",
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
  runtime.LockOSThread() -- before it: what is set on this thread is for this goroutine
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
  notes    = 0, -- no invalid device context
  findings = {},
}
