-- Why does a window system want the main goroutine to be locked?                    19.2
--
-- Window systems take calls from the process's first thread only. main.main begins on it, and so do the first calls; but
-- main waits at a channel for what others want to be done, and when it is woken it goes on where its waker is. From
-- then on the window's calls come from any thread. Many systems crash; some do nothing.
--
-- Change one thing:  19_2_main_thread_right   LockOSThread, first thing

scenario { title = "main leaves the main thread", book = "19.2", procs = 2, seed = 1 }

local requests = knob("requests", 12)
local lost     = heap.ints("lost", 1)   -- calls that came from another thread
local calls    = chan()

for worker = 1, 3 do
  go("worker", function()
    for _ = 1, requests // 3 do
      compute "300us"
      calls:send("draw for worker " .. worker)
    end
  end)
end

main(function()
  local window = C.context("main thread")
  window:make_current()                 -- M0 is the process's first thread
  for _ = 1, requests do
    local call = calls:recv()
    if not window:draw("XNextEvent", "2us") then
      lost[0] = lost[0] + 1
      note(call .. ": not on the main thread")
    end
  end
end)

expect {
  wrong_thread = at_least(1),
  findings     = { "wrong-thread" },
}
expect.result("lost", function(_, v) return v >= 1 end)
