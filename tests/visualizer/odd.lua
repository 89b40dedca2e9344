-- Ten thousand of one thing or another: the window must hold with them (tests/visualizer/odd_test.c says which and how many).
scenario { title = "Many of everything", book = "18.2.3", procs = 100, seed = 1, limit = "1440m" }
local kind = knob("kind", "goroutines")
local n = knob("n", 10000)
local names = { "名前のとても長いゴルーチンの仕事", "عامل طويل الاسم جدا", "e\u{301}\u{302}\u{303}a\u{308}\u{327}", "bad\xff\xfe\x80name",
  string.rep("long", 15), "tab\there", "<b>&amp;</b>", "🧵🧵🧵", "\u{202e}backwards" }
local made = {}
if kind == "goroutines" then
  local gate = chan(0)
  main(function()
    for i = 1, n do go("worker " .. i, function() gate:recv() end) end
    sleep "2ms"
    for i = 1, n // 2 do gate:send(i) end
    sleep "1ms"
  end)
elseif kind == "threads" then
  main(function()
    for i = 1, n do go("caller", function() C.call("wait_" .. i, "20ms") end) end
    sleep "60ms"
  end)
elseif kind == "channels" then
  main(function()
    local all = {}
    for i = 1, n do
      all[i] = chan(i % 50)
      go("sender", function() for k = 1, 3 do all[i]:send(k) end end)
      if i % 3 ~= 0 then go("receiver", function() all[i]:recv() end) end
    end
    sleep "1ms"
  end)
elseif kind == "objects" then
  main(function()
    local keep, pin = {}, runtime.Pinner()
    for i = 1, n do
      local o = heap.floats("object " .. i, 1 + i % 100)
      if i % 3 == 0 then keep[#keep + 1] = o end
      if i % 50 == 0 then pin:Pin(o) end
    end
    runtime.GC()
    sleep "1ms"
    for i = 1, #keep do keep[i][0] = 1 end
    pin:Unpin()
  end)
elseif kind == "contexts" then
  main(function()
    local root, cancel = context.WithCancel(context.Background())
    for i = 1, n do
      local ctx = context.WithCancel(root)
      go("listener", function() ctx:Done():recv() end)
    end
    sleep "1ms"
    cancel()
    sleep "1ms"
  end)
elseif kind == "days" then
  main(function()
    for i = 1, n do
      go("sleeper", function() sleep "300m"; C.call("f", "200m"); sleep "1ns" end)
    end
    sleep "1000m"
  end)
elseif kind == "names" then
  main(function()
    local gate = chan(1)
    for i = 1, n do
      local name = names[i % #names + 1]
      go(name, function()
        local o = heap.floats(name, 10)
        C.call(name, "50us", { args = { o } })
        note(name)
        gate:send(name)
        o[0] = 1
      end)
    end
    sleep "1ms"
    for i = 1, n // 2 do gate:recv() end
    sleep "1ms"
  end)
end
