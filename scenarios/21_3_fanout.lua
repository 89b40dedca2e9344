-- Four tools are asked at once, and one of them fails. Who tells the others?         21.3
--
-- An agent asks four tools and needs all four answers. After 2 ms one says no, so the other answers are for nobody. errgroup
-- with a context: the first error cancels it, whoever looks ends at the next step, and Wait gives that error when all have
-- returned. A group without a context gives the same error, but tells nobody: Wait comes back when the slowest has done
-- all of its work.
--
-- Change one thing:  --set context=false   the same group, and nobody tells them
--                    --set step=10ms       they look every 10 ms: what is a cancel worth then?

scenario { title = "The first error ends the others", book = "21.3", procs = 4, seed = 1 }

local with = knob("context", true)
local step = knob("step", "500us")      -- a call of C's; between two of them a tool looks at its context
local done = heap.uints("done", 2)      -- when Wait came back, in microseconds; steps that were done in all

local function tool(ctx, steps)
  for _ = 1, steps do
    if ctx:Err() then return context.Cause(ctx) end
    C.call("search", step)
    done[1] = done[1] + 1
  end
end

main(function()
  local group, ctx = errgroup.Group(), context.Background()
  if with then group, ctx = errgroup.WithContext(ctx) end
  local begun = time.Now()
  for _ = 1, 3 do group:Go("search", function() return tool(ctx, 25) end) end
  group:Go("calendar", function()
    net.read "2ms"
    return "calendar: 403 Forbidden"
  end)
  local err = group:Wait()
  done[0] = time.Since(begun) // 1000
  note(string.format("%s; told after %d us, and %d steps were done.", err, done[0], done[1]))
end)

expect {
  goroutines = 5,
  findings   = step == "500us" and {} or nil,
}
expect.result("done", function(i, v)
  if step ~= "500us" then return true end
  if with then return v <= (i == 0 and 3500 or 3 * 7) end
  return v >= (i == 0 and 12500 or 3 * 25)
end)
