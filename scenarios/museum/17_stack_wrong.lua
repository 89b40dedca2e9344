-- Does Go really move memory? Today, without any counterfactual?                    18.3.3
--
-- go-webgpu/goffi PR 59, golang/go 20281 and 56378: a library calls C without cgo, so the compiler does not know that an address
-- goes to C, and leaves the variable on the stack. C counts into it, and calls back after each item. One callback needs more stack than
-- there is: the stack is copied to a larger one, the variable with it, and Go's pointers are corrected. C's is not. It counts on, at the
-- old address, into memory that is the next goroutine's. No crash, no warning: the count is too small.
--
-- Look at STACK_GROW, and at what was counted. The fix: 17_stack_right, the variable on the heap, and pinned.

scenario { title = "A callback moves the stack under C's pointer (goffi 59)", book = "18.3.3", procs = 2, seed = 1,
           collector = "go" }

local counted = heap.ints("counted", 1)

main(function()
  local count = stack.ints("count", 1)
  local at = C.pointer(count) -- unsafe.Pointer(&count), through an assembly stub

  C.call("enumerate_adapters", function()
    for adapter = 1, 8 do
      C.work "5us"
      at[0] = at[0] + 1 -- C writes through its pointer
      C.callback("goAdapter", function()
        if adapter == 3 then recurse "4KiB" end -- this one logs: fmt, reflection, a deep call
      end)
    end
  end)
  counted[0] = count[0]
  note("C has counted 8 adapters. Go reads " .. count[0] .. ".")
end)

expect { stack_grown = 2, findings = { "pinning-violation" } }
expect.result("counted", function(_, v) return v == 3 end) -- of 8
