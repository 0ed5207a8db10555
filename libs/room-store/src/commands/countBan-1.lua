--[==[
  Counts a ban until it expires, or takes it back; removes expired ones.

  KEYS[1] bans of the AppID (zset ban by expiry, Unix ms)
  ARGV    ban, forMs (0 takes it back), most (0 = no limit), onlyProlong (1: a count that lasts longer stays | 0)

  Output  1 counted · 0 the limit is reached
]==]
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', nowMs)
local most = tonumber(ARGV[3])
if tonumber(ARGV[2]) == 0 then
  redis.call('ZREM', KEYS[1], ARGV[1])
  return 1
end
if most > 0 and not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= most then return 0 end
local untilMs = nowMs + tonumber(ARGV[2])
if ARGV[4] == '1' then
  redis.call('ZADD', KEYS[1], 'GT', untilMs, ARGV[1])
else
  redis.call('ZADD', KEYS[1], untilMs, ARGV[1])
end
return 1
