--[==[
  Counts one event in a window and checks it against the limit.

  KEYS[1] count of the window (string)
  ARGV    most (the limit), windowMs (the key expires this long after the first event)

  Output  1 within the limit · 0 the limit is exceeded
]==]
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2])) end
return count <= tonumber(ARGV[1]) and 1 or 0
