-- Who gets a thread whose state a goroutine has changed?                             18.2.5
--
-- golang/go 20395 and 28979: a container tool locks a goroutine to its thread and moves the thread into another
-- network namespace. A namespace belongs to the thread. If the goroutine unlocks and ends, the thread goes back
-- to the pool as it is, and whoever runs on it next is in the container's network without knowing. Both are
-- closed: since Go 1.10 a goroutine that ends without unlocking takes its thread with it.
--
-- Look at the thread of "container", and who runs there after GO_END.
-- The fix: 27_tainted_right does not unlock.

scenario {
  title = "The namespace stays on the thread (golang/go 20395)",
  book = "18.2.5", procs = 1, seed = 1,
}

local requests = knob("requests", 4)
local netns    = C.context("network namespace")
local done     = chan(2)

go("server", function()
  for _ = 1, requests do
    compute "5us"
    if not netns:absent("connect", "3us") then note "connect: in the container's network" end
    runtime.Gosched()
  end
  done:send(true)
end)

go("container", function()
  runtime.LockOSThread()
  netns:make_current() -- setns(fd, CLONE_NEWNET)
  C.call("configure", "2us")
  runtime.UnlockOSThread()
  done:send(true)
end)

main(function()
  runtime.LockOSThread() -- the first thread is nobody else's: it could not end
  for _ = 1, 2 do done:recv() end
end)

expect {
  threads_ended = 0,
  notes         = at_least(1),
  findings      = { "wrong-thread" },
}
