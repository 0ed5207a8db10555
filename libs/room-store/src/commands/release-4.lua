--[==[
  Releases a slot; only the login that reserved it can. A session ends with its last room, but a suspended one
  that loses a room (code) stays until its grace expires, so that a resume reports the reason.

  KEYS[1] rooms of the user (hash)   KEYS[2] sessions of the user (hash)   KEYS[3] claims of the user (hash)
  KEYS[4] outbox (list)
  ARGV    roomId, sessionId, epoch, code ('' = the client logged out), reason

  Output  JSON { gatewayId, nodeId, sessionEnded, streams: [streamId] of an ended session }
          or ROOM_ROOMID_INCORRECT
]==]
--- @include outbox
local roomId, sessionId, epoch, code, reason = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local found = redis.call('HGET', KEYS[1], roomId)
if not found then return 'ROOM_ROOMID_INCORRECT' end
local slot = cjson.decode(found)
if slot.session ~= sessionId or slot.epoch ~= epoch then return 'ROOM_ROOMID_INCORRECT' end
redis.call('HDEL', KEYS[1], roomId)

local record = redis.call('HGET', KEYS[2], sessionId)
local session = record and cjson.decode(record) or {}
if session.state == 'suspended' and code ~= '' then
  session.lost = session.lost or {}
  session.lost[roomId] = { code = code, reason = reason ~= '' and reason or nil }
  redis.call('HSET', KEYS[2], sessionId, cjson.encode(session))
  return cjson.encode({ gatewayId = session.gateway, nodeId = session.node, sessionEnded = false, streams = {} })
end
local left = 0
for _, value in ipairs(redis.call('HVALS', KEYS[1])) do
  if cjson.decode(value).session == sessionId then left = left + 1 end
end
local streams = {}
if left == 0 then
  local claims = redis.call('HGETALL', KEYS[3])
  for i = 1, #claims, 2 do
    if cjson.decode(claims[i + 1]).session == sessionId then
      redis.call('HDEL', KEYS[3], claims[i])
      streams[#streams + 1] = claims[i]
    end
  end
  redis.call('HDEL', KEYS[2], sessionId)
  if session.started then
    logEvents(KEYS[4], { {
      type = 'session.ended', sessionId = sessionId, userName = session.name, reason = code ~= '' and code or 'stopped',
    } })
  end
end
return cjson.encode({
  gatewayId = session.gateway, nodeId = session.node, sessionEnded = left == 0, streams = streams,
})
