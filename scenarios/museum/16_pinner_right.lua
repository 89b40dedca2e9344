-- Why does a call panic that passes one pointer to one struct?                       18.3.3
--
-- golang/go 46787, where the Pinner was proposed: writev takes a list of buffers, and the list is Go memory that holds Go
-- pointers. The call pins the list. What the list leads to it does not pin, and C would follow it: cgocheck looks one
-- step far, before the call, and panics.
--
-- The fix, since Go 1.21: runtime.Pinner for each buffer, until the call is over. One Pinner holds any number, and Unpin
-- lets go of all of them. Without it: 16_pinner_wrong.

scenario { title = "A list of buffers for C (golang/go 46787)", book = "18.3.3", procs = 1, seed = 1 }

main(function()
  local header, body = heap.bytes("header", 64), heap.bytes("body", 4096)
  local iovec = heap.pointers("iovec", 2)
  iovec[0], iovec[1] = header, body

  local pin = runtime.Pinner()
  pin:Pin(header)
  pin:Pin(body)
  C.call("writev", "20us", { args = { iovec } })
  pin:Unpin()
  note "written"
  runtime.KeepAlive(iovec)
end)

expect { outcome = "exited", crossings = 1, findings = {} }
