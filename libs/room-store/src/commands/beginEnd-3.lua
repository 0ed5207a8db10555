--[==[
  Begins to end a session: all its requests are refused from now on. The caller then releases what is listed
  and calls finishEnd. If the caller crashes, the next call returns the same list.

  KEYS[1] rooms of the user (hash)   KEYS[2] sessions of the user (hash)   KEYS[3] claims of the user (hash)
  ARGV    sessionId, only ('' any state | 'expired' suspended with its grace expired, or an unfinished end)

  Output  JSON { gatewayId, nodeId, rooms: [[roomId, epoch]], streams: [streamId],
          code?, reason? of an evicted session } · nil there is no such session
          only = 'expired': 'live' it has a socket · 'later' its grace has not expired
]==]
local sessionId, only = ARGV[1], ARGV[2]
local found = redis.call('HGET', KEYS[2], sessionId)
if not found then return false end
local session = cjson.decode(found)
if only == 'expired' and (session.state == 'live' or session.state == 'suspended') then
  local time = redis.call('TIME')
  local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  if session.state == 'live' then return 'live' end
  if session.graceEndMs > nowMs then return 'later' end
end
if session.state == 'out' then
  return cjson.encode({
    gatewayId = session.gateway, nodeId = session.node, rooms = session.rooms, streams = session.streams,
    code = session.code, reason = session.reason,
  })
end
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
