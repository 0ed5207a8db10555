--[==[
  Counts a member of a set of limited size.

  KEYS[1] members (zset by the time of their last count, Unix µs)
  ARGV    member, most (the limit)

  Output  { added (1 | 0 it was counted before), stamp }; dropCount removes a member that still has this stamp
          · nil the limit is reached
]==]
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return false end
local time = redis.call('TIME')
-- Grows with each count, also after the clock was set back.
local stamp = math.max(tonumber(time[1]) * 1000000 + tonumber(time[2]), tonumber(score or 0) + 1)
stamp = string.format('%.0f', stamp)
redis.call('ZADD', KEYS[1], stamp, ARGV[1])
return { score and 0 or 1, stamp }
