-- Why does a service with a Go heap of a kilobyte run out of memory?                18.3.2
--
-- gocv 292, 411, 486, 663, 958: a Mat is a Go struct with a pointer in it; the image, 6 MiB, is C++'s. The loop makes one for each frame
-- and forgets it. The collector would free the struct, if it had a reason to run: the Go heap has not even reached its first
-- goal, 4 MiB. And if it ran, nobody has told it what to do with the image.
--
-- Look at the two curves: the Go heap's bytes, and C's. The fix: 14_mat_right, one line more.

scenario { title = "Images that are never closed (gocv 292)", book = "18.3.2", procs = 2, seed = 1 }

local frames, bytes = 100, 1920 * 1080 * 3

main(function()
  for _ = 1, frames do
    local mat = heap.bytes("Mat", 8) -- struct { p C.Mat }
    local image = C.malloc("image", bytes)
    C.call("VideoCapture_Read", "2ms")
    C.call("CvtColor", "500us")
    runtime.KeepAlive(mat)
    runtime.KeepAlive(image)
  end
end)

expect {
  collections = 0,
  heap_bytes  = at_most(4096),
  c_bytes     = at_least(590 << 20),
  not_freed   = 100,
  findings    = { "device-leak" },
}
