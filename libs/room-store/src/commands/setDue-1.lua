--[==[
  Sets when an entry is due, from now on.

  KEYS[1] zset of entries by due time (ms)
  ARGV    entry, inMs

  Output  1 it is new · 0 it was there and has a new time
]==]
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
return redis.call('ZADD', KEYS[1], nowMs + tonumber(ARGV[2]), ARGV[1])
