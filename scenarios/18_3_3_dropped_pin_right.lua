-- What becomes of a pin when its Pinner is forgotten?                               18.3.3
--
-- It is taken out on every way: the function that pins unpins, whatever happens in between (Go: defer pin.Unpin()).

scenario { title = "A Pinner that is let go on every way out", book = "18.3.3", procs = 2, seed = 1 }

local function pinned(object, work) -- defer
  local pin = runtime.Pinner()
  pin:Pin(object)
  work()
  pin:Unpin()
end

local function send(request)
  local frame = heap.bytes("frame", 4096)
  pinned(frame, function()
    if request == 3 then return end -- an error
    C.call("write", "20us", { args = { frame } })
  end)
end

main(function()
  for request = 1, 5 do send(request) end
  runtime.GC()
  sleep "1ms"
end)

expect { findings = {} }
