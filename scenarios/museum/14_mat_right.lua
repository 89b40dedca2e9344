-- Why does a service with a Go heap of a kilobyte run out of memory?                18.3.2
--
-- Close, where the frame is not needed any more: gocv has it, and a profile of the Mats that are open (pprof, MatProfile) for those who
-- forget. A finalizer was discussed and rejected there: it comes when the Go heap is full, and the Go heap is never full.

scenario { title = "Images that are closed (gocv 292)", book = "18.3.2", procs = 2, seed = 1 }

local frames, bytes = 100, 1920 * 1080 * 3

main(function()
  for _ = 1, frames do
    local mat = heap.bytes("Mat", 8) -- struct { p C.Mat }
    local image = C.malloc("image", bytes)
    C.call("VideoCapture_Read", "2ms")
    C.call("CvtColor", "500us")
    runtime.KeepAlive(mat)
    C.free(image) -- mat.Close()
  end
end)

expect {
  collections = 0,
  c_bytes     = 1920 * 1080 * 3,
  not_freed   = 0,
  findings    = {},
}
