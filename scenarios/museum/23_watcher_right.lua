-- Which queries need somebody who watches?                                           21.3.2
--
-- 23_watcher_wrong with one question more: Done() of a context that can never be over gives nil, and then there is nothing to watch.
-- Queries with such a context go back to what they cost. The others still pay: cancelling what is in C has its price per call,
-- whether anybody ever cancels or not.
--
-- Change one thing:  --set cancellable=true   the context can end, and each query has its watcher again

scenario { title = "No watcher where nothing can end (go-sqlite3 530)", book = "21.3.2", procs = 2, seed = 1 }

local queries     = knob("queries", 100)
local query       = knob("query", "500ns")     -- sqlite3_step, from the cache
local cancellable = knob("cancellable", false) -- have the queries a context that can end?

local function run_query(ctx)
  local over = ctx:Done()
  if over == nil then
    C.call("sqlite3_step", query)
    return
  end
  local done = chan(0, "done")
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
  goroutines = cancellable and 1 + queries or 1,
  findings   = {},
}
