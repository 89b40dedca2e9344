-- How does a goroutine leave a thread that nobody else should have?                  18.2.5
--
-- 27_tainted_wrong without the unlock: the goroutine ends while it is locked, and its thread ends with it
-- (golang/go 20395). The thread that takes the P over must not be cloned from that one, or it would be in the
-- container's network, too, as it was for a while (28979): the template thread makes it. Look for M_ASK.

scenario {
  title = "The thread ends with its goroutine (golang/go 28979)",
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
  done:send(true)
end)

main(function()
  runtime.LockOSThread() -- the first thread is nobody else's: it could not end
  for _ = 1, 2 do done:recv() end
end)

expect {
  threads_ended = 1,
  notes         = 0,
  findings      = {},
}
