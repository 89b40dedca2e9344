-- Why does a Go function that C calls never get a P?                                 18.2.4
--
-- golang/go 24608: a counter in C++ is guarded by a mutex of C++'s. inc_counter adds one; now and then it calls Go, to print it, and
-- has the mutex meanwhile. Every other goroutine that adds waits for the mutex in C, with its thread, and a P stands behind it.
-- The Go function needs a P. Neither side sees the circle: to Go these are calls that take their time, to C it is a lock
-- that is held for long.
--
-- Only sysmon breaks it: it takes a P from a call and starts a thread, which runs the next goroutine into the same mutex. Here
-- that ends at the limit of threads (50 for class; 10,000 in Go). Ask `faultline why` for the printing goroutine, g2, at 1ms:
-- it leads from the P to the mutex and back.
-- The fix: 18_c_lock_right does not call Go with the mutex in its hand.

scenario {
  title = "A mutex of C's, and Go behind it (golang/go 24608)",
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
    if prints then
      C.work "100us"                                     -- it formats a line; meanwhile sysmon takes the P
      C.callback("printCounter", function() compute "2us" end)
    end
    counter:unlock()
  end)
end

main(function()
  all:Go("printer", function() inc_counter(true) end)
  for _ = 1, adders do all:Go("adder", function() inc_counter(false) end) end
  all:Wait()
end)

expect {
  outcome   = "panic",                  -- thread exhaustion
  callbacks = 1,
  findings  = { "thread-inflation" },
}
