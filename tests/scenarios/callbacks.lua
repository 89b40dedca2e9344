-- Two threads that C made call Go: extra Ms, a P that stands behind such a thread, a callback that queues for a P.
scenario { title = "C calls Go", procs = 1, seed = 1 }
local events = chan(8)
local function thread()
  for n = 1, 3 do
    C.work "20us"
    C.callback("onEvent", function()
      compute "3us"
      events:send(n)
    end)
  end
end
main(function()
  C.thread("driver", thread)
  C.thread("audio", thread)
  for _ = 1, 6 do
    events:recv()
    compute "15us"
  end
end)
