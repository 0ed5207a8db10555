--[==[
  Counts a member in, unless there are as many as allowed.

  KEYS[1] members (set)
  ARGV    member, most

  Output  1 it is in (again) · 0 there are as many as allowed
]==]
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
return redis.call('SADD', KEYS[1], ARGV[1])
