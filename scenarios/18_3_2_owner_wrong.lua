-- What happens if two owners free one piece of memory?                              18.3.2
--
-- A struct was copied, and with it the pointer to C's memory; each copy has a Close, and both are called. Between the two, somebody
-- else has got that memory: the second free frees it under him, and C's heap cannot know. The next who asks gets it
-- once more, and now two write into the same bytes.
--
-- Change one thing:  18_3_2_owner_right    one owner; who closes it sets the pointer to nil

scenario { title = "Two owners of one piece of memory", book = "18.3.2", procs = 2, seed = 1 }

local read = heap.ints("read", 1)

main(function()
  local a = { data = C.malloc("a", 64, "ints") }
  local b = { data = a.data } -- a copy of the struct: the same address

  C.free(a.data)
  local ledger = C.malloc("ledger", 64, "ints") -- gets the memory that is free
  ledger[0] = 1000
  C.free(b.data)
  note "The second free has freed the ledger, and nobody knows."
  local other = C.malloc("other", 64, "ints") -- gets it, too
  other[0] = -1
  read[0] = ledger[0]
  note("In the ledger are " .. ledger[0] .. ".")
  C.free(other)
end)

expect { findings = { "double-free" } }
expect.result("read", function(_, v) return v == -1 end) -- 1000 was written
