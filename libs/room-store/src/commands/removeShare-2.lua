--[==[
  Records that a stream is no longer shown in a room.

  KEYS[1] stream (hash)   KEYS[2] rooms that show it (set)
  ARGV    sessionId, roomId

  Output  rooms that still show it; none if the session does not own the stream
]==]
if redis.call('HGET', KEYS[1], 'session') ~= ARGV[1] then return {} end
redis.call('SREM', KEYS[2], ARGV[2])
return redis.call('SMEMBERS', KEYS[2])
