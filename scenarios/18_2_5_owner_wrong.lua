-- What does it cost if every goroutine talks to the device itself?                  18.2.5
--
-- A hundred goroutines launch a kernel of 2 ms each, and wait for it in clFinish. The device has one queue and does one
-- kernel after the other, so nearly all of them wait at the same time: in C, each with a thread. clFinish waits until
-- the queue is empty, too, not until one's own kernel is done: who came first is back with the last.
--
-- Change one thing:  18_2_5_owner_right   one goroutine owns the device, the others ask it

scenario { title = "A hundred goroutines at the device", book = "18.2.5", procs = 2, seed = 1 }

local clients = knob("clients", 100)
local takes   = knob("takes", "2ms")    -- what a kernel needs on the device
local n       = 1024
local x       = heap.floats("x", n)       -- each kernel adds 1
local done    = chan(clients)

local function launch_and_wait(kernel)
  kernel:launch { takes = takes }
  cl.finish()
end

for _ = 1, clients do
  go("client", function()
    launch_and_wait(cl.kernel("add", x, 1.0))
    done:send(true)
  end)
end

main(function()
  local pin = runtime.Pinner()
  pin:Pin(x)
  for _ = 1, clients do done:recv() end
  pin:Unpin()
end)

expect {
  launches  = clients,
  crossings = 2 * clients,
  threads   = at_least(clients // 2), -- those that were in clFinish at the same time
  findings  = { "thread-inflation" },
}
expect.result("x", function(_, v) return v == clients end)
