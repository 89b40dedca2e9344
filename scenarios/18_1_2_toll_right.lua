-- When is the crossing what a program does not pay for?                             18.1.2
--
-- 18_1_2_toll_wrong with one call for all 400 elements: the same work in C, one toll. What makes a crossing
-- dear is not that it is taken but what is carried across: from about 1 us of work on it can be forgotten.

scenario { title = "One call for all elements", book = "18.1.2", procs = 1, seed = 1 }

local elements = knob("elements", 400)

main(function()
  C.call("shade_all", (5 * elements) .. "ns")
  note "One crossing for 2 us of work."
end)

expect {
  crossings  = 1,
  exits_fast = 1,
  in_c       = at_most("3us"),    -- the work
  time       = at_most("3us"),    -- the work and the toll
  findings   = {},
}
