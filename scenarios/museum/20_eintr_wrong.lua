-- Why do system calls fail in C that never failed before?                            18.2.2
--
-- golang/go 38033 (and kubernetes 92521, grok_exporter 103, go-gl/gl 126): since Go 1.14 the runtime stops a long
-- loop by a signal, SIGURG. The signal takes a moment, and if the goroutine has entered C meanwhile, it is a
-- system call there that gets it: it returns EINTR, and code that has never seen one takes it for an error.
-- Closed: Go's package os calls again. C code has to do that itself; that signals come is by design.
--
-- A goroutine that has computed for 11 ms reads blocks. Look for PREEMPT_ASK, and SIGNAL_IN_C 1.3 us later.
-- The fix: 20_eintr_right calls again. (With godebug = "asyncpreemptoff=1" no signal is sent.)

scenario {
  title = "A signal for Go that reaches C (golang/go 38033)",
  book = "18.2.2", procs = 1, seed = 1,
}

local n    = 24
local done = chan(1)

go("reader", function()
  local block = heap.ints("block", n)
  compute "11.2ms" -- its time slice is over: sysmon will ask it to stop
  for i = 0, n - 1 do
    compute "600ns"
    if C.call("read", "1.5us", { interruptible = true }) then
      block[i] = 1
    else
      note("Block " .. i .. ": interrupted system call. It is lost.")
    end
  end
  done:send(true)
end)

main(function() done:recv() end)

expect {
  crossings   = n,
  eintr = 1,
  notes       = 1,  -- one block is lost
  findings    = {}, -- nothing is wrong with the scheduling: the lost block is the point
}
