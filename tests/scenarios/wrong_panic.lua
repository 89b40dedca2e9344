-- A send on a closed channel.
scenario { title = "panic" }
local c = chan(1)
main(function()
  c:close()
  c:send(1)
end)
