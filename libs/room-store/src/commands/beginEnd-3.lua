--[==[
  Begins to end a session: from here on it is refused everything. The caller then empties what is listed and
  calls finishEnd; a caller that dies on the way is followed by another one with the same list.

  KEYS[1] rooms of the user (hash)   KEYS[2] sessions of the user (hash)   KEYS[3] claims of the user (hash)
  ARGV    sessionId

  Output  JSON { gatewayId, nodeId, rooms: [[roomId, epoch]], streams: [streamId] } · nil there is no such session
]==]
local sessionId = ARGV[1]
local found = redis.call('HGET', KEYS[2], sessionId)
if not found then return false end
local session = cjson.decode(found)
session.state = 'ending'
redis.call('HSET', KEYS[2], sessionId, cjson.encode(session))
local result = { gatewayId = session.gateway, nodeId = session.node, rooms = {}, streams = {} }
local rooms = redis.call('HGETALL', KEYS[1])
for i = 1, #rooms, 2 do
  local slot = cjson.decode(rooms[i + 1])
  if slot.session == sessionId then
    result.rooms[#result.rooms + 1] = { rooms[i], slot.epoch }
  end
end
local claims = redis.call('HGETALL', KEYS[3])
for i = 1, #claims, 2 do
  if cjson.decode(claims[i + 1]).session == sessionId then result.streams[#result.streams + 1] = claims[i] end
end
return cjson.encode(result)
