-- What does LockOSThread change for a renderer?                                     19.2
--
-- 19_2_migration_wrong with one line more: the renderer locks itself to its thread before it makes the context current.
-- It still loses its P in swap_buffers, and still queues when it comes back; but whoever finds it in the queue hands his P
-- to its thread, and lies down himself. No frame is black. The price is two thread switches where there was one.

scenario { title = "The goroutine stays with its context", book = "19.2", procs = 2, seed = 1 }

local frames = knob("frames", 8)
local black  = heap.ints("black", 1)    -- frames in which nothing was drawn
local over   = false
local done   = chan(5)

for _ = 1, 4 do
  go("worker", function()
    while not over do
      compute "50us"
      runtime.Gosched()
    end
    done:send(true)
  end)
end

go("renderer", function()
  runtime.LockOSThread()
  local gl = C.context("gl")
  gl:make_current()
  for frame = 1, frames do
    if not gl:draw("glDrawArrays", "5us") then
      black[0] = black[0] + 1
      note("Frame " .. frame .. " is black: on this thread no context is current.")
    end
    C.call("swap_buffers", "200us")
  end
  over = true
  done:send(true)
end)

main(function()
  for _ = 1, 5 do done:recv() end
end)

expect {
  wrong_thread = 0,
  findings     = {},
}
expect.result("black", function(_, v) return v == 0 end)
