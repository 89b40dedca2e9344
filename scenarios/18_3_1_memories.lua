-- Where does a value live, and who may look at it there?                            18.3.1
--
-- Four kinds of memory on one page. The Go heap: the collector keeps it, and may move it. C's heap: it stays where it is, and
-- stays until somebody frees it. Page-locked memory of the host: the same, and the device reaches it without help. The
-- device's own: Go has its address and can do nothing with it. A value goes from one to the other by copies only.
--
-- Look at the addresses (faultline show, OBJ_NEW and MEM_NEW), and at what each step costs.
--
-- Change one thing:  18_3_1_pointer_wrong    Go follows the device's address
--                    18_3_1_pageable         what page-locked memory is for

scenario { title = "Four kinds of memory", book = "18.3.1", procs = 2, seed = 1, device_memory = "1MiB" }

local n = 16384

main(function()
  local x      = heap.floats("x", n, function(i) return i end)
  local c      = C.malloc("c", n, "floats")
  local locked = cl.locked("locked", n, "floats")
  local d      = cl.buffer("d", n, "floats")

  copy(c, x)
  note "In C's heap: the collector does not know it, so C may keep the address for as long as it likes."
  copy(locked, c)
  cl.write(d, locked)
  cl.kernel("saxpy", d, d, 2.0):launch() -- d = 2d + d, where it is
  cl.read(d, locked)
  cl.finish()
  note "From the device's memory it came back by a copy. There is no other way."
  copy(x, locked)

  C.free(c)
  cl.release(locked)
  cl.release(d)
end)

expect {
  copied      = 3 * 65536,
  transferred = 2 * 65536,
  not_freed   = 0,
  findings    = {},
}
expect.result("x", function(i, v) return v == 3 * i end)
