--[==[
  Keeps a user out of a room until then; bans that are over go.

  KEYS[1] bans (zset userId by expiry, ms)
  ARGV    userId, forMs (0 = the ban is lifted)

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
