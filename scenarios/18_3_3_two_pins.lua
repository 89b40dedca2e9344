-- How long does cgo's own pin last?                                                 18.3.3
--
-- An argument of a call into C is pinned for as long as the call lasts, without anybody asking for it. The first collection runs
-- while C reads x: x stays. The call returns, and with it ends its pin; a Pinner keeps x during the second. It ends when somebody says
-- so, and the third collection moves x. Had C kept the address, it would have an old one now.
--
-- Look at the three collections: OBJ_MOVE is in the last only.

scenario { title = "Two pins: the call's, and the Pinner's", book = "18.3.3", procs = 2, seed = 1 }

local done = chan(1)

main(function()
  local x = heap.ints("x", 1000, 7)
  go("reader", function()
    C.call("checksum", "2ms", { args = { x } })
    done:send(true)
  end)

  sleep "1ms"
  runtime.GC()
  note "C is reading x: the call has pinned it."
  local pin = runtime.Pinner()
  pin:Pin(x)
  done:recv()
  runtime.GC()
  note "The call is over, and so is its pin. The Pinner's lasts until Unpin."
  pin:Unpin()
  runtime.GC()
  note("Nobody has pinned x: it has moved. Go still finds " .. x[0] .. " in it, since Go's pointers followed.")
end)

expect { collections = 3, moved = 1, findings = {} }
