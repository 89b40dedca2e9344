-- How often must the game talk to the thread that draws?                             19.2
--
-- 11_draw_calls_wrong with a command queue: the calls of a frame are put down in a list, and the list is sent. Its channel has
-- room for one, so the game does not wait for the drawing (ebiten 2664) but goes on with the next frame; only who is a whole frame
-- ahead waits. One hand-over for each frame is left, and beside it the two threads work at the same time.
--
-- Change one thing:  --set calls=400   a rich scene: who is the slower one now?

scenario { title = "One hand-over for each frame (ebiten 2664)", book = "19.2", procs = 4, seed = 1 }

local frames = knob("frames", 4)
local calls  = knob("calls", 40)

local gl     = C.context("gl")
local lists  = chan(1, "lists")

local function draw_call() gl:draw("glDrawElements", "500ns") end

local function game()
  local begun = time.Now()
  for _ = 1, frames do
    local list = {}
    compute "200us"
    for _ = 1, calls do list[#list + 1] = draw_call end
    lists:send(list)                  -- flush
  end
  note(string.format("%d frames a second", frames * 1000000000 // time.Since(begun)))
end

main(function()
  runtime.LockOSThread()
  gl:make_current()
  go("game", function()
    game()
    lists:close()
  end)
  for list in lists:each() do
    for _, f in ipairs(list) do f() end
  end
end)

expect {
  crossings       = frames * calls + 1,
  wrong_thread    = 0,
  locked_switches = at_most(frames + 2),
  findings        = {},
}
