-- What does it cost that a query could be cancelled?                                 21.3.2
--
-- mattn/go-sqlite3 530, golang/go 23879: a context cannot reach into C, so for each query a goroutine is made that waits for the
-- end of the query or of its context, and would call sqlite3_interrupt in the second case. It was made for every query, also for those
-- of context.Background(), which is never over: queries took half as long again, for a watcher that nobody could ever wake.
--
-- Look at a query: GO_CREATE, the call, CHAN_CLOSE, and the watcher's own life beside it. With --set query=1ms nobody would notice.
-- The fix: 23_watcher_right asks first whether there is anything to watch.

scenario { title = "A watcher for each query (go-sqlite3 530)", book = "21.3.2", procs = 2, seed = 1 }

local queries     = knob("queries", 100)
local query       = knob("query", "500ns")     -- sqlite3_step, from the cache
local cancellable = knob("cancellable", false) -- have the queries a context that can end?

local function run_query(ctx)
  local done, over = chan(0, "done"), ctx:Done()
  go("watcher", function()
    select {
      case.recv(done),
      case.recv(over, function() C.call("sqlite3_interrupt", "100ns") end),
    }
  end)
  C.call("sqlite3_step", query)
  done:close()
end

main(function()
  local ctx = context.Background()
  if cancellable then ctx = context.WithCancel(ctx) end
  local begun = time.Now()
  for _ = 1, queries do run_query(ctx) end
  note(string.format("%d ns for each query", time.Since(begun) // queries))
  sleep "1ms"                    -- the last watchers come to their end
end)

expect {
  crossings  = queries,
  goroutines = 1 + queries,
  findings   = {},               -- the figures are the point
}
