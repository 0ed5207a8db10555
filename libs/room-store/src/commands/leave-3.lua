--[==[
  Leaves a room, with the streams of this session in it. Only the login that took the seat can give it up.
  A room without members is gone, decided here and nowhere else.

  KEYS[1] room (hash)   KEYS[2] members (hash)   KEYS[3] streams (hash)
  ARGV    userId, sessionId, epoch

  Output  { left (1|0), roomEpoch, seq, userName, removed streams (flat) }
          `seq` is that of the fact memberLeft; the facts of the removed streams come right before it
]==]
local userId, sessionId, epoch = ARGV[1], ARGV[2], ARGV[3]
local found = redis.call('HGET', KEYS[2], userId)
local member = found and cjson.decode(found) or nil
if not member or member.session ~= sessionId or member.epoch ~= epoch then
  return { 0, '', 0, '', {} }
end
local removed = {}
local streams = redis.call('HGETALL', KEYS[3])
for i = 1, #streams, 2 do
  if cjson.decode(streams[i + 1]).session == sessionId then
    redis.call('HDEL', KEYS[3], streams[i])
    redis.call('HINCRBY', KEYS[1], 'seq', 1)
    removed[#removed + 1] = streams[i]
    removed[#removed + 1] = streams[i + 1]
  end
end
redis.call('HDEL', KEYS[2], userId)
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
local roomEpoch = redis.call('HGET', KEYS[1], 'epoch')
if redis.call('HLEN', KEYS[2]) == 0 then redis.call('DEL', KEYS[1], KEYS[2], KEYS[3]) end
return { 1, roomEpoch, seq, member.name, removed }
