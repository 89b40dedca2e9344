-- Why is a frame black that was drawn without an error?                             19.2
--
-- An OpenGL context is current on a thread, not in a goroutine. The renderer makes it current and draws; each frame
-- ends with swap_buffers, 200 us in C. Meanwhile sysmon gives its P to others, all Ps are busy when it comes back, and
-- the next thread that is free picks it up: another one. There no context is current. The call draws nothing and
-- reports nothing; the frame stays black, and the next one too, until chance brings the goroutine home.
--
-- Change one thing:  19_2_migration_right   one line: runtime.LockOSThread()

scenario { title = "The goroutine moves, the context stays", book = "19.2", procs = 2, seed = 1 }

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
  wrong_thread = at_least(1),
  findings     = { "wrong-thread" },
}
expect.result("black", function(_, v) return v >= 1 end)
