--[==[
  Drops an entry that nobody has set anew since it was taken.

  KEYS[1] entries (zset entry by due time, ms)
  ARGV    entry, dueMs that takeDue gave

  Output  1 dropped · 0 it is due at another time by now
]==]
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or string.format('%.0f', tonumber(score)) ~= ARGV[2] then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])
