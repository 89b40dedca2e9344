-- What does LockOSThread in main do, first thing?                                   19.2
--
-- 19_2_main_thread_wrong with one line more. main has not waited for anything yet, so it is on M0, and now it stays
-- there. The others send it what they want to be done. In real programs the line stands in an init function: the
-- runtime itself holds main locked to M0 until all of them are done, and a lock of one's own outlasts that.

scenario { title = "main stays on the main thread", book = "19.2", procs = 2, seed = 1 }

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
  runtime.LockOSThread()
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
  wrong_thread = 0,
  findings     = {},
}
expect.result("lost", function(_, v) return v == 0 end)
