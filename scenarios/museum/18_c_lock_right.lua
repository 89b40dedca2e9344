-- How does C call Go, when others wait for what C has?                               18.2.4
--
-- 18_c_lock_wrong with two lines changed: C takes the value out while it has the mutex, gives the mutex back, and calls Go then. The
-- Go function waits for a P as before, behind all the others; but nobody waits for it. Those who come after find the mutex free, keep
-- their P, and there is no thread that sysmon would have to start.
--
-- The rule is that of any lock and any foreign code, in Go too: never call out with a lock in your hand.

scenario {
  title = "The mutex goes back before C calls (golang/go 24608)",
  book = "18.2.4", procs = 2, seed = 1, max_threads = 50,
}

local adders  = knob("adders", 200)
local counter = C.mutex()
local value   = 0
local all     = sync.WaitGroup("all")

local function inc_counter(prints)
  C.call("inc_counter", function()
    counter:lock()
    C.work "20ns"
    value = value + 1
    counter:unlock()
    if prints then
      C.work "100us"
      C.callback("printCounter", function() compute "2us" end)
    end
  end)
end

main(function()
  all:Go("printer", function() inc_counter(true) end)
  for _ = 1, adders do all:Go("adder", function() inc_counter(false) end) end
  all:Wait()
end)

expect {
  outcome   = "exited",
  callbacks = 1,
  threads   = at_most(20),
  findings  = {},
}
