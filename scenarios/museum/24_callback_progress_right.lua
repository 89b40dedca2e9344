-- Who does the host's part, if not a callback?                                       18.2.4
--
-- 24_callback_progress_wrong without the callback: a goroutine waits for the first kernel itself, does the host's part, and sets the
-- event. That is a thread in C, which a callback would have saved, but the device's progress depends on nothing that the driver
-- may put off: clWaitForEvents returns when its event is done, with every driver.
--
-- A callback is good for news (25_wait_events_right), and bad as a link of the chain that the device itself waits for.

scenario {
  title = "Progress without callbacks (chipStar 1090)",
  book = "18.2.4", procs = 2, seed = 1, limit = "100ms", callbacks = "late",
}

main(function()
  local x, pin = heap.floats("x", 1024, 1), runtime.Pinner()
  pin:Pin(x)
  local ready = cl.user_event "ready"
  local double = cl.kernel("scale", x, 2.0)
  local first = double:launch()
  go("between", function()
    first:wait()                      -- clWaitForEvents, on a thread of our own
    compute "10us"                    -- what the host does in between
    ready:complete()
  end)
  double:launch { after = ready }
  note "All is enqueued."
  cl.finish()
  pin:Unpin()
  note "Both are done."
end)

expect {
  outcome  = "exited",
  launches = 2,
  time     = at_most("1ms"),
  findings = {},
}
expect.result("x", function(_, v) return v == 4 end)
