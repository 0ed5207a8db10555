--[==[
  Sets an entry to be due after a delay.

  KEYS[1] zset of entries by due time (ms)
  ARGV    entry, inMs (the delay)

  Output  1 added · 0 it existed and its due time was updated
]==]
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
return redis.call('ZADD', KEYS[1], nowMs + tonumber(ARGV[2]), ARGV[1])
