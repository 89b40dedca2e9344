-- When is the crossing what a program pays for?                                     18.1.2
--
-- A C function needs 5 ns for an element, and Go calls it for each of 400 elements. 27 ns of toll for 5 ns of
-- work: five sixths of the time are spent at the door. No thread is lost, no P; every call takes the fast
-- path, nobody could be blamed, and the profile shows a C function that is called often.
--
-- Change one thing:  18_1_2_toll_right   one call for all elements

scenario { title = "A call for each element", book = "18.1.2", procs = 1, seed = 1 }

local elements = knob("elements", 400)

main(function()
  for _ = 1, elements do C.call("shade", "5ns") end
  note "400 crossings for 2 us of work."
end)

expect {
  crossings  = elements,
  exits_fast = elements,
  in_c       = at_most("3us"),    -- the work
  time       = at_least("10us"),  -- the work and the toll
  findings   = { "crossing-bound" },
}
