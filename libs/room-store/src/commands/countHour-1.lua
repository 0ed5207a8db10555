--[==[
  Counts one more of what an AppID may do so often in an hour.

  KEYS[1] count (string)
  ARGV    most, keepMs

  Output  1 counted · 0 the limit is reached
]==]
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return count <= tonumber(ARGV[1]) and 1 or 0
