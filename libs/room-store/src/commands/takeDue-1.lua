--[==[
  Takes entries that are due, for a while: should the taker die, they are due again.

  KEYS[1] zset of entries by due time (ms)
  ARGV    retryMs, most

  Output  entries
]==]
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', nowMs, 'LIMIT', 0, tonumber(ARGV[2]))
for _, entry in ipairs(due) do redis.call('ZADD', KEYS[1], nowMs + tonumber(ARGV[1]), entry) end
return due
