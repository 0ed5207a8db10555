--[==[
  Bans a user or an address for a time, or lifts the ban; removes expired bans.

  KEYS[1] bans (zset userId or address by expiry, Unix ms)
  ARGV    userId or address, forMs (0 lifts the ban)

  Output  1
]==]
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', nowMs)
if tonumber(ARGV[2]) == 0 then
  redis.call('ZREM', KEYS[1], ARGV[1])
else
  redis.call('ZADD', KEYS[1], nowMs + tonumber(ARGV[2]), ARGV[1])
end
return 1
