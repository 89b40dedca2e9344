-- Does the collector give device memory back?                                       18.3.2
--
-- It is given back where it is not needed any more, and there is never more of it than one tensor. The cleanup stays, as a
-- backstop for what somebody forgets; who closes a tensor stops its cleanup.

scenario { title = "A cleanup as a backstop", book = "18.3.2", procs = 2, seed = 1, device_memory = "64MiB" }

local made = heap.ints("made", 1)

local function new_tensor()
  local data = cl.buffer("data", 4 << 20)
  if not data then return nil end
  local tensor = heap.bytes("tensor", 24)
  local backstop = runtime.AddCleanup(tensor, function(d) cl.release(d) end, data)
  return { object = tensor, close = function()
    backstop:Stop()
    cl.release(data)
  end }
end

main(function()
  for _ = 1, 100 do
    local tensor = new_tensor()
    if not tensor then break end
    made[0] = made[0] + 1
    compute "20us"
    tensor.close()
  end
end)

expect {
  no_room      = 0,
  device_bytes = 4 << 20,
  not_freed    = 0,
  findings     = {},
}
expect.result("made", function(_, v) return v == 100 end)
