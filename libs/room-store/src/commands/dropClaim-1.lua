--[==[
  Removes a stream claim of a session.

  KEYS[1] claims of the user (hash)
  ARGV    sessionId, streamId

  Output  1 removed · 0 the session holds no such claim
]==]
local found = redis.call('HGET', KEYS[1], ARGV[2])
if not found or cjson.decode(found).session ~= ARGV[1] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[2])
