-- Does Go really move memory? Today, without any counterfactual?                    18.3.3
--
-- The same library after its fix: what C gets the address of is an object of the heap (a pool of them, since that costs an
-- allocation), and it is pinned for as long as C has the address. The stack grows as before, and nobody minds.

scenario { title = "What C points to is on the heap, and pinned (goffi 59)", book = "18.3.3", procs = 2, seed = 1,
           collector = "go" }

local counted = heap.ints("counted", 1)

main(function()
  local count = heap.ints("count", 1)
  local pin = runtime.Pinner()
  pin:Pin(count)
  local at = C.pointer(count)

  C.call("enumerate_adapters", function()
    for adapter = 1, 8 do
      C.work "5us"
      at[0] = at[0] + 1
      C.callback("goAdapter", function()
        if adapter == 3 then recurse "4KiB" end
      end)
    end
  end)
  pin:Unpin()
  counted[0] = count[0]
  note("C has counted 8 adapters. Go reads " .. count[0] .. ".")
end)

expect { stack_grown = 2, findings = {} }
expect.result("counted", function(_, v) return v == 8 end)
