-- Does the collector give device memory back?                                       18.3.2
--
-- As 18_3_2_cleanup_wrong, but who finds no room asks for a collection, lets the cleanups run, and tries once more: what Julia's
-- and other runtimes' GPU libraries do. It works, for the price of a full collection each time, and of a device that is
-- always full. A rescue, not a plan: two goroutines that do this collect for each other.

scenario { title = "A collection when the device is full", book = "18.3.2", procs = 2, seed = 1, device_memory = "64MiB" }

local made = heap.ints("made", 1)

local function buffer(bytes)
  local data = cl.buffer("data", bytes)
  if data then return data end
  runtime.GC()
  sleep "200us" -- the cleanups are goroutines, too
  return cl.buffer("data", bytes)
end

local function new_tensor()
  local data = buffer(4 << 20)
  if not data then return nil end
  local tensor = heap.bytes("tensor", 24)
  runtime.AddCleanup(tensor, function(d) cl.release(d) end, data)
  return tensor
end

main(function()
  for _ = 1, 100 do
    if not new_tensor() then break end
    made[0] = made[0] + 1
    compute "20us"
  end
  runtime.GC()
  sleep "1ms"
end)

expect {
  collections  = 7,
  no_room      = 6,
  device_bytes = 64 << 20,
  not_freed    = 0,
  findings     = {},
}
expect.result("made", function(_, v) return v == 100 end)
