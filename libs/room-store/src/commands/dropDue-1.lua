--[==[
  Removes an entry, unless its due time was changed since it was taken.

  KEYS[1] entries (zset entry by due time, ms)
  ARGV    entry, dueMs as returned by takeDue

  Output  1 removed · 0 it is missing or has another due time
]==]
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or string.format('%.0f', tonumber(score)) ~= ARGV[2] then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])
