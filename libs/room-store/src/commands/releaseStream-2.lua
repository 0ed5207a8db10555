--[==[
  Releases a stream ID.

  KEYS[1] stream (hash)   KEYS[2] rooms that show it (set)
  ARGV    sessionId, onlyUnshared (1|0)

  Output  { released (1|0), rooms that showed it }
          with onlyUnshared = 1 a stream that is shown in any room is kept
]==]
if redis.call('HGET', KEYS[1], 'session') ~= ARGV[1] then return { 0, {} } end
local rooms = redis.call('SMEMBERS', KEYS[2])
if ARGV[2] == '1' and #rooms > 0 then return { 0, rooms } end
redis.call('DEL', KEYS[1], KEYS[2])
return { 1, rooms }
