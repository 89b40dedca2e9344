-- Why does a call panic that passes one pointer to one struct?                       18.3.3
--
-- golang/go 46787, where the Pinner was proposed: writev takes a list of buffers, and the list is Go memory that holds Go
-- pointers. The call pins the list. What the list leads to it does not pin, and C would follow it: cgocheck looks one
-- step far, before the call, and panics.
--
-- The fix: 16_pinner_right, a Pinner for each buffer. Change one thing: --set go=1.25 has the older words,
-- and with godebug = "cgocheck=0" nobody looks.

scenario { title = "A list of buffers for C (golang/go 46787)", book = "18.3.3", procs = 1, seed = 1 }

main(function()
  local header, body = heap.bytes("header", 64), heap.bytes("body", 4096)
  local iovec = heap.pointers("iovec", 2)
  iovec[0], iovec[1] = header, body

  C.call("writev", "20us", { args = { iovec } })
  note "written"
  runtime.KeepAlive(iovec)
end)

expect { outcome = "panic", crossings = 0, findings = { "cgo-pointer-rule" } }
