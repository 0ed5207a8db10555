--[==[
  Removes the events of an outbox up to one that is in the event log. Only the oldest hundreds are searched.

  KEYS[1] outbox (list)
  ARGV    id of the last event to remove

  Output  number of events that are left
]==]
local entries = redis.call('LRANGE', KEYS[1], 0, 999)
for index, entry in ipairs(entries) do
  if string.match(entry, '^%d+') == ARGV[1] then
    redis.call('LTRIM', KEYS[1], index, -1)
    break
  end
end
return redis.call('LLEN', KEYS[1])
