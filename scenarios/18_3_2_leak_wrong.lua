-- Who gives device memory back when a request fails?                                18.3.2
--
-- Each request takes a piece of the device's memory and gives it back at its end, but for the ones that return early. The Go object
-- that held the piece is garbage at once; the piece is not. Nothing in Go is wrong, no test fails, and the service dies
-- after so many failed requests.
--
-- Change one thing:  18_3_2_leak_right    the release stands beside the line that asked for the memory

scenario { title = "Device memory that is lost on the way out", book = "18.3.2", procs = 2, seed = 1,
           device_memory = "4MiB" }

local served = heap.ints("served", 1)

local function infer(request)
  local batch, err = cl.buffer("batch", 1 << 20) -- 1 MiB
  if not batch then return err end
  if request % 5 == 0 then return "bad request" end -- and the memory?
  compute "50us"
  cl.release(batch)
  served[0] = served[0] + 1
end

main(function()
  for request = 1, 40 do infer(request) end
end)

expect { not_freed = 4, no_room = 20, findings = { "device-leak" } }
expect.result("served", function(_, v) return v == 16 end)
