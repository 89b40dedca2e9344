-- What if more goroutines are made than a P's queue can hold?
--
-- The twin of spill.go. When the queue of 256 is full its first half goes to the global queue, from where they come back in
-- lots: one each time the P has run 61 others, and many when its own queue is empty. The P of a real program has run some
-- before main begins (`ran`, of Go 1.26), so it comes to its 61st earlier.

scenario { title = "Six hundred on one P", procs = 1, seed = 1 }

local ran        = knob("ran", 2)
local goroutines = 600
local done       = chan(goroutines)

local function child() done:send(true) end

main(function()
  for _ = 1, ran do runtime.Gosched() end
  note "begin"
  for _ = 1, goroutines do go("child", child) end
  for _ = 1, goroutines do done:recv() end
end)
