--[==[
  Sets an entry to be due after a delay.

  KEYS[1] zset of entries by due time (ms)
  ARGV    entry, inMs (the delay), onlyNew (1: an entry that exists keeps its due time | omitted)

  Output  1 added · 0 it existed; its due time was updated, unless onlyNew
]==]
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local dueMs = nowMs + tonumber(ARGV[2])
if ARGV[3] == '1' then return redis.call('ZADD', KEYS[1], 'NX', dueMs, ARGV[1]) end
return redis.call('ZADD', KEYS[1], dueMs, ARGV[1])
