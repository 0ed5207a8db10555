--[==[
  Records that a stream is shown in a room.

  KEYS[1] stream (hash)   KEYS[2] rooms that show it (set)
  ARGV    sessionId, roomId

  Output  rooms that show it · PUBLISHER_SERVER_FORBID the session does not own the stream
]==]
if redis.call('HGET', KEYS[1], 'session') ~= ARGV[1] then return 'PUBLISHER_SERVER_FORBID' end
redis.call('SADD', KEYS[2], ARGV[2])
return redis.call('SMEMBERS', KEYS[2])
