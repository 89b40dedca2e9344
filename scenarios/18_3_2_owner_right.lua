-- What happens if two owners free one piece of memory?                              18.3.2
--
-- One owner. Who closes it takes the pointer away, so a second Close finds nil and does nothing; who only uses the memory
-- borrows the owner, not a copy of the pointer.

scenario { title = "One owner of one piece of memory", book = "18.3.2", procs = 2, seed = 1 }

local read = heap.ints("read", 1)

local function close(owner)
  if owner.data then C.free(owner.data) end
  owner.data = nil
end

main(function()
  local a = { data = C.malloc("a", 64, "ints") }
  local b = a -- the same owner

  close(a)
  local ledger = C.malloc("ledger", 64, "ints")
  ledger[0] = 1000
  close(b)
  local other = C.malloc("other", 64, "ints")
  other[0] = -1
  read[0] = ledger[0]
  C.free(other)
  C.free(ledger)
end)

expect { not_freed = 0, findings = {} }
expect.result("read", function(_, v) return v == 1000 end)
