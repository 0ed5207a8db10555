--[==[
  Takes due entries for one caller; if it crashes, they are due again after retryMs.

  KEYS[1] entries (zset entry by due time, ms)
  ARGV    retryMs, most (entries)

  Output  { nextDueMs, entries }; dropDue removes an entry that still has this due time
]==]
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', nowMs, 'LIMIT', 0, tonumber(ARGV[2]))
local next = nowMs + tonumber(ARGV[1])
for _, entry in ipairs(due) do redis.call('ZADD', KEYS[1], next, entry) end
return { string.format('%.0f', next), due }
