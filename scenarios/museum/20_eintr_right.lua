-- What does C code do about EINTR?                                                   18.2.2
--
-- 20_eintr_wrong with a loop around the call: EINTR says that nothing has happened yet, so the call is made
-- again. The signal comes as before, and costs one crossing.

scenario { title = "Interrupted, and called again (golang/go 38033)", book = "18.2.2", procs = 1, seed = 1 }

local n    = 24
local done = chan(1)

go("reader", function()
  local block = heap.ints("block", n)
  compute "11.2ms" -- its time slice is over: sysmon will ask it to stop
  for i = 0, n - 1 do
    compute "600ns"
    while not C.call("read", "1.5us", { interruptible = true }) do
      note("Block " .. i .. ": interrupted system call. Again.")
    end
    block[i] = 1
  end
  done:send(true)
end)

main(function() done:recv() end)

expect {
  crossings   = n + 1, -- once more
  eintr = 1,
  findings    = {},
}
expect.result("block", function(i, v) return v == 1 end)
