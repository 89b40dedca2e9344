-- Why does a C library crash once a week, inside a call that is right?               18.3.2
--
-- golang/go 13347, proglottis/gpgme 23, wasmtime-go 148: a small Go object stands for something of C's and has a cleanup that
-- frees it. A method reads the handle out of the object and passes it to C. From then on the object is dead: its last use
-- was to read the handle. A collection during the call frees it, the cleanup frees what C is using, and C goes on.
--
-- Look at the collection at about 1.1 ms, and at who runs then. The fix: 15_keepalive_right, one line more.

scenario { title = "The cleanup came during the call (golang/go 13347)", book = "18.3.2", procs = 2, seed = 1 }

local used_after_free = heap.ints("used_after_free", 1)
local done = chan(1)

local function new_module()
  local wrapper = heap.bytes("module", 24) -- the Go side: a pointer and two words
  local handle = { freed = false }         -- what C has
  runtime.AddCleanup(wrapper, function(h)
    C.call("wasm_module_delete", "2us")
    h.freed = true
  end, handle)
  return wrapper, handle
end

go("caller", function()
  local module, handle = new_module()
  local bytes = #module -- the last use of the object: it has been read
  C.call("wasm_instance_new", "3ms")
  if handle.freed then
    used_after_free[0] = 1
    note("C has used what was freed during the call, for an object of " .. bytes .. " bytes.")
  end
  done:send(true)
end)

main(function()
  sleep "100us"
  runtime.GC() -- somebody else's, at the worst moment
  done:recv()
end)

expect { collections = 1, findings = {} }
expect.result("used_after_free", function(_, v) return v == 1 end)
