--[==[
  Moves a member of a set of limited size behind all others, unless it was counted again since.

  KEYS[1] members (zset by the time of their last count, Unix µs)
  ARGV    member, stamp of its last count

  Output  1 moved · 0 it is missing or was counted again
]==]
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or string.format('%.0f', tonumber(score)) ~= ARGV[2] then return 0 end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], math.max(tonumber(time[1]) * 1000000 + tonumber(time[2]), tonumber(score) + 1), ARGV[1])
return 1
