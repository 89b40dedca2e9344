-- The caller's time is up. Who keeps it?                                             21.3.2
--
-- modelcontextprotocol/go-sdk 1150 (882 before it): a call whose context is over tells the peer so, "notifications/cancelled", as best
-- it can, and only then returns to its caller. If the peer is slow to take anything, that is what the caller waits for: up to 5 s,
-- the notice's own time limit, behind a deadline of 100 ms. Before that limit was there it was for ever.
--
-- The notice is meant for the peer, and stands in the caller's way back. Look at g1 between the end of its context and its note, or ask
-- `faultline why` for g1 at 2s. The fix: 22_cancel_notice_right gives the call up at once, and lets another goroutine tell the peer.

scenario { title = "Cancelled, and not back for five seconds (go-sdk 1150)", book = "21.3.2", procs = 2, seed = 1 }

local deadline = knob("deadline", "100ms")
local patience = knob("patience", "5s")      -- notifyCancellationTimeout
local slow     = knob("slow", "30s")      -- how long the peer takes to read what is sent to it

local replies  = chan(1, "replies")       -- the peer does not answer either

local function notify_cancelled()
  net.read(slow, { deadline = patience })  -- the peer takes it when it likes
end

local function call(ctx)
  return select {
    case.recv(replies, function(v) return v end),
    case.recv(ctx:Done(), function()
      notify_cancelled()
      return nil
    end),
  }
end

main(function()
  local ctx, cancel = context.WithTimeout(context.Background(), deadline)
  local begun = time.Now()
  call(ctx)
  note(string.format("back after %d ms: %s", time.Since(begun) // 1000000, ctx:Err()))
  cancel()
end)

expect {
  time      = at_least(patience),
  net_wait  = at_least(patience),
  crossings = 0,
  findings  = {},                         -- the figures are the point
}
