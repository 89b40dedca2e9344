-- What becomes of a pin when its Pinner is forgotten?                               18.3.3
--
-- A request pins its buffer and returns early; nobody unpins. The variable is gone, the pin is not: the buffer can neither move nor be
-- freed. A collection some time later finds the Pinner dead, and the runtime ends the program: in a goroutine of its own, far
-- away from the line that forgot.
--
-- Change one thing:  18_3_3_dropped_pin_right    Unpin on both ways out

scenario { title = "A Pinner that was dropped", book = "18.3.3", procs = 2, seed = 1 }

local function send(request)
  local frame = heap.bytes("frame", 4096)
  local pin = runtime.Pinner()
  pin:Pin(frame)
  if request == 3 then return end -- an error
  C.call("write", "20us", { args = { frame } })
  pin:Unpin()
end

main(function()
  for request = 1, 5 do send(request) end
  note "All requests are done, and nothing was seen."
  runtime.GC()
  sleep "1ms"
end)

expect { outcome = "panic", findings = { "pinner-leak" } }
