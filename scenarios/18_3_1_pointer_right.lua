-- What is at a device's address?                                                    18.3.1
--
-- The same program as 18_3_1_pointer_wrong, and it asks the driver: a copy comes back into memory of the host's, and Go looks
-- there. The address of the device's memory is passed on, never followed.

scenario { title = "A device's address is passed on, not followed", book = "18.3.1", procs = 2, seed = 1,
           device_memory = "1MiB" }

local seen = heap.floats("seen", 1)

main(function()
  local x = heap.floats("x", 1024, 7)
  local d = cl.buffer("d", 1024, "floats")
  local back = C.malloc("back", 1024, "floats")
  cl.write(d, x)
  cl.read(d, back)
  cl.finish()
  seen[0] = back[0]
  note "A copy of it is in C's heap, and Go can look there."
  C.free(back)
  cl.release(d)
end)

expect { not_freed = 0, findings = {} }
expect.result("seen", function(_, v) return v == 7 end)
