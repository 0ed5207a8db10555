--[==[
  Counts one more within a window, unless there were as many as allowed.

  KEYS[1] count of the window (string)
  ARGV    most, windowMs

  Output  1 counted · 0 there were as many as allowed
]==]
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2])) end
return count <= tonumber(ARGV[1]) and 1 or 0
