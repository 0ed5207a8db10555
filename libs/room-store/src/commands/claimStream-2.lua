--[==[
  Makes a session the owner of a stream ID, unless another session owns it.

  KEYS[1] stream (hash)   KEYS[2] set while the ID is forbidden (string)
  ARGV    sessionId, userId, nodeId

  Output  1 the session owns it (idempotent) · PUBLISHER_REPETITIVE_PUBLISH_STREAM · PUBLISHER_SERVER_FORBID
]==]
if redis.call('EXISTS', KEYS[2]) == 1 then return 'PUBLISHER_SERVER_FORBID' end
local owner = redis.call('HGET', KEYS[1], 'session')
if owner and owner ~= ARGV[1] then return 'PUBLISHER_REPETITIVE_PUBLISH_STREAM' end
redis.call('HSET', KEYS[1], 'session', ARGV[1], 'user', ARGV[2], 'node', ARGV[3])
return 1
