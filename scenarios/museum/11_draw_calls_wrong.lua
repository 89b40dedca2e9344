-- What does a frame cost, when each call into OpenGL asks the main thread?           19.2
--
-- ebiten 1367: OpenGL wants to be called from one thread, so a goroutine that is locked to it makes all calls, and the game sends it
-- one function after the other, and waits for each. A demo ran at 600 frames a second; without the goroutine and its channel
-- at 2,100. 1358 is the same for input: every key was asked for in this way, sixty times a second, and the processor was
-- at 50 to 75 %.
--
-- Each call is a hand-over to the locked thread and one back: look at M_LOCK_WAKE. The calls themselves are 20 us of a frame.
-- With --set single=true the game runs on the main thread itself: ebiten has a build tag for that since.
-- The fix: 11_draw_calls_right sends the calls of a frame at once, and does not wait for them.

scenario { title = "One round trip for each draw call (ebiten 1367)", book = "19.2", procs = 4, seed = 1 }

local frames = knob("frames", 4)
local calls  = knob("calls", 40)      -- into OpenGL, of each frame
local single = knob("single", false)

local gl     = C.context("gl")
local funcs, results = chan(0, "funcs"), chan(0, "results")

local function call(f)                -- on the main thread
  if single then return f() end
  funcs:send(f)
  results:recv()
end

local function draw_call() gl:draw("glDrawElements", "500ns") end

local function game()
  local begun = time.Now()
  for _ = 1, frames do
    compute "200us"                   -- Update: the game's own work
    for _ = 1, calls do call(draw_call) end
  end
  note(string.format("%d frames a second", frames * 1000000000 // time.Since(begun)))
end

main(function()
  runtime.LockOSThread()
  gl:make_current()
  if single then return game() end
  go("game", function()
    game()
    funcs:close()
  end)
  for f in funcs:each() do
    f()
    results:send(true)
  end
end)

expect {
  crossings       = frames * calls + 1,
  wrong_thread    = 0,
  locked_switches = single and 0 or at_least(frames * calls),
  time            = single and at_most(frames * (calls * 1000 + 200000) + 10000) or at_least(frames * (calls * 5000 + 200000)),
  findings        = {},               -- the figures are the point
}
