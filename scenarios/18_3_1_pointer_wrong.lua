-- What is at a device's address?                                                    18.3.1
--
-- cl.buffer gives an address, and it looks like any other: a number of 64 bits. It names a place in the device's memory. Go can
-- store it, print it and pass it to C. If Go follows it, there is nothing of this process at that number: a fault, and not one
-- that recover could catch.
--
-- Change one thing:  18_3_1_pointer_right    the value is copied to the host before Go looks at it

scenario { title = "A device's address is no Go pointer", book = "18.3.1", procs = 2, seed = 1, device_memory = "1MiB" }

main(function()
  local x = heap.floats("x", 1024, 7)
  local d = cl.buffer("d", 1024, "floats")
  cl.write(d, x)
  cl.finish()
  note "The device has it. So has Go, or so it seems: d is an address."
  pcall(function() return d[0] end) -- recover does not help
  cl.release(d)
end)

expect { outcome = "panic", findings = { "device-leak" } }
