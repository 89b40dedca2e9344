-- Who gives device memory back when a request fails?                                18.3.2
--
-- The function that asks for the memory gives it back, whatever happens in between: Go's defer, beside the line that
-- asked. All requests that are good are served, however many are bad.

scenario { title = "Device memory that goes back on every way out", book = "18.3.2", procs = 2, seed = 1,
           device_memory = "4MiB" }

local served = heap.ints("served", 1)

local function with_buffer(bytes, work) -- defer
  local batch, err = cl.buffer("batch", bytes)
  if not batch then return err end
  local result = work(batch)
  cl.release(batch)
  return result
end

local function infer(request)
  return with_buffer(1 << 20, function()
    if request % 5 == 0 then return "bad request" end
    compute "50us"
    served[0] = served[0] + 1
  end)
end

main(function()
  for request = 1, 40 do infer(request) end
end)

expect { not_freed = 0, no_room = 0, findings = {} }
expect.result("served", function(_, v) return v == 32 end)
