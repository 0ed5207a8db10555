--[==[
  Closes a room and removes all its members at once. The caller then releases the members' slots.

  KEYS[1] room (hash)   KEYS[2] members (hash)   KEYS[3] streams (hash)   KEYS[4] attributes (hash)

  Output  { members (flat), streams (flat) } · nil there is no such room
]==]
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local result = { redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]) }
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
return result
