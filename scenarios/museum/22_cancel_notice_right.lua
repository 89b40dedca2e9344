-- How does one say "never mind" without waiting to be heard?                         21.3.2
--
-- 22_cancel_notice_wrong with one thing changed, as in go-sdk 1.8.0: the call is retired at once, so that a late answer finds nobody, and
-- its caller goes on; the notice is another goroutine's. It has its own time limit, and no context of the caller's, which is over.
--
-- It is no gift: that goroutine lives for up to 5 s after the call. How many of them can there be at once, if every call to a slow
-- peer ends in this way?  --set calls=200

scenario { title = "The notice goes its own way (go-sdk 1151)", book = "21.3.2", procs = 2, seed = 1 }

local deadline = knob("deadline", "100ms")
local patience = knob("patience", "5s")
local slow     = knob("slow", "30s")
local calls    = knob("calls", 1)         -- one after the other

local replies  = chan(1, "replies")

local function notify_cancelled()
  net.read(slow, { deadline = patience })
end

local function call(ctx)
  return select {
    case.recv(replies, function(v) return v end),
    case.recv(ctx:Done(), function()
      go("notice", notify_cancelled)      -- retired: nobody waits for it
      return nil
    end),
  }
end

main(function()
  for _ = 1, calls do
    local ctx, cancel = context.WithTimeout(context.Background(), deadline)
    local begun = time.Now()
    call(ctx)
    note(string.format("back after %d ms: %s", time.Since(begun) // 1000000, ctx:Err()))
    cancel()
  end
end)

expect {
  goroutines = 1 + 2 * calls, -- main; for each call the notice, and the one that the runtime makes when its deadline comes
  crossings  = 0,
  findings   = {},
}
