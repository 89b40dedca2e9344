-- What does it cost if one goroutine owns the device and the others ask it?         18.2.5
--
-- 18_2_5_owner_wrong with an owner: it locks itself to its thread, takes requests from a channel, launches, waits, and
-- answers. The clients wait at channels, where waiting costs no thread. One thread is in C, however many clients
-- there are, and each has its answer when its own kernel is done. The price: who was answered is queued on the owner's
-- P, and that is in C again by then; so sysmon takes it, nearly every time. And the device pauses for 9 us in between.
--
-- OpenCL does not ask for the lock; what keeps its state in the thread does (CUDA's current device, OpenGL: 19.2).
--
-- Change one thing:  the owner launches all that waits in `asked` before it calls clFinish

scenario { title = "One owner, a hundred clients", book = "18.2.5", procs = 2, seed = 1 }

local clients = knob("clients", 100)
local takes   = knob("takes", "2ms")    -- what a kernel needs on the device
local n       = 1024
local x       = heap.floats("x", n)       -- each kernel adds 1
local done    = chan(clients)
local asked   = chan(clients)

local function launch_and_wait(kernel)
  kernel:launch { takes = takes }
  cl.finish()
end

go("owner", function()
  runtime.LockOSThread()
  for request in asked:each() do
    launch_and_wait(request.kernel)
    request.answer:send(true)
  end
end)

for _ = 1, clients do
  go("client", function()
    local answer = chan(1)
    asked:send { kernel = cl.kernel("add", x, 1.0), answer = answer }
    answer:recv()
    done:send(true)
  end)
end

main(function()
  local pin = runtime.Pinner()
  pin:Pin(x)
  for _ = 1, clients do done:recv() end
  asked:close()
  pin:Unpin()
end)

expect {
  launches  = clients,
  crossings = 2 * clients,
  threads   = at_most(8), -- M0, sysmon, the template thread, the owner's, one for each P, and a few that stood in
  findings  = {},
}
expect.result("x", function(_, v) return v == clients end)
