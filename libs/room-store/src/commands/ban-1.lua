--[==[
  Bans a user or an address for a time, or lifts the ban; removes expired bans.

  KEYS[1] bans (zset userId or address by expiry, Unix ms)
  ARGV    userId or address, forMs (0 lifts the ban), onlyProlong (1: a ban that lasts longer stays | 0)

  Output  1
]==]
local banned, forMs, onlyProlong = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', nowMs)
if forMs == 0 then
  redis.call('ZREM', KEYS[1], banned)
elseif onlyProlong then
  redis.call('ZADD', KEYS[1], 'GT', nowMs + forMs, banned)
else
  redis.call('ZADD', KEYS[1], nowMs + forMs, banned)
end
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
if last[2] then redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', tonumber(last[2]))) end
return 1
