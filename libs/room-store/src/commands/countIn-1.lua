--[==[
  Adds a member to a set of limited size.

  KEYS[1] members (set)
  ARGV    member, most (the limit)

  Output  1 it is a member (idempotent) · 0 the limit is reached
]==]
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
return redis.call('SADD', KEYS[1], ARGV[1])
