-- When does the driver call what you are waiting for?                                18.2.4
--
-- CHIP-SPV/chipStar 1090, intel/compute-runtime 869, pocl 506: a second kernel shall wait for something that the host does after the
-- first. So the first gets a callback, which sets a user event, and the second has that in its wait list. All is enqueued, and
-- clFinish waits. On pocl it ends; with other drivers it hangs: they make callbacks when they come to it, and the thread that
-- should is busy, or waits in this very clFinish. The specification says that callbacks are made, and not when.
--
-- The driver here is modelled: callbacks = "late" means, when nothing is enqueued any more. That never comes, for the second
-- kernel is. `faultline why` for g1 at 1ms leads from clFinish to the event, and to the function that nobody has called.
-- With --set callbacks=soon, as pocl has it, all is well: a program that is tested there is not tested.
-- The fix: 24_callback_progress_right.

scenario {
  title = "A command that waits for a callback (chipStar 1090)",
  book = "18.2.4", procs = 2, seed = 1, limit = "100ms", callbacks = "late",
}

main(function()
  local x, pin = heap.floats("x", 1024, 1), runtime.Pinner()
  pin:Pin(x)
  local ready = cl.user_event "ready"
  local double = cl.kernel("scale", x, 2.0)
  local first = double:launch()
  first:callback("goBetween", function()
    compute "10us"                    -- what the host does in between
    ready:complete()
  end)
  double:launch { after = ready }
  note "All is enqueued."
  cl.finish()                         -- clFinish: until both are done
  pin:Unpin()
  note "Both are done."
end)

expect {
  outcome   = "limit",                -- it would hang for ever
  launches  = 2,
  callbacks = 0,
  findings  = {},                     -- the scheduler cannot know of it
}
