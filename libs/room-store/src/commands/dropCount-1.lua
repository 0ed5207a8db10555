--[==[
  Removes a member from a set of limited size, unless it was counted again since, or only recently.

  KEYS[1] members (zset by the time of their last count, Unix µs)
  ARGV    member, stamp of its last count, minAgeMs (0 = any age)

  Output  1 removed · 0 it is missing, was counted again, or is younger
]==]
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or string.format('%.0f', tonumber(score)) ~= ARGV[2] then return 0 end
local time = redis.call('TIME')
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])
if nowUs - tonumber(score) < tonumber(ARGV[3]) * 1000 then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])
