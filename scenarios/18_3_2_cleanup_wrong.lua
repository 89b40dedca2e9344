-- Does the collector give device memory back?                                       18.3.2
--
-- Each tensor is a Go object of 24 bytes with 4 MiB of the device's behind it, and runtime.AddCleanup releases them. That would
-- work if somebody collected. The collector paces by the Go heap, and there are a few hundred bytes in it: it sees no
-- reason, the device is full, and every piece of its memory belongs to a dead object.
--
-- Look at the Go heap and at the device's memory when there is no room (faultline summary: heap_bytes, device_bytes).
--
-- Change one thing:  18_3_2_cleanup_right    the memory is given back where it is not needed any more
--                    18_3_2_cleanup_retry    a collection, when there is no room: late, but not never

scenario { title = "A cleanup that comes too late", book = "18.3.2", procs = 2, seed = 1, device_memory = "64MiB" }

local made = heap.ints("made", 1)

local function new_tensor()
  local data = cl.buffer("data", 4 << 20)
  if not data then return nil end
  local tensor = heap.bytes("tensor", 24)
  runtime.AddCleanup(tensor, function(d) cl.release(d) end, data)
  return tensor, data
end

main(function()
  for step = 1, 100 do
    if not new_tensor() then
      note("Step " .. step .. ": the device is full. Nobody needs what is in it.")
      break
    end
    made[0] = made[0] + 1
    compute "20us"
  end
end)

expect {
  collections  = 0,
  no_room      = 1,
  heap_bytes   = at_most(400), -- what the collector sees ...
  device_bytes = 64 << 20,     -- ... and what it does not
  findings     = { "device-leak" },
}
expect.result("made", function(_, v) return v == 16 end)
