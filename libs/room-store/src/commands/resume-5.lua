--[==[
  Attaches a session to the gateway that its client has connected to; the former attachment is superseded.
  Rooms whose rights have expired are listed apart, for the caller to remove. A session in no other rooms is
  refused. A late resume would take the session from the gateway that has resumed it since: it changes nothing.

  KEYS[1] rooms of the user (hash)   KEYS[2] sessions of the user (hash)   KEYS[3] claims of the user (hash)
  KEYS[4] ban of the user (string)   KEYS[5] outbox (list)
  ARGV    sessionId, gatewayId, tokenHash, clientAddress ('' = unknown), deadlineMs (Unix ms)

  Output  JSON { gatewayId, nodeId, userName, mode, attach, rooms: [[roomId, epoch, note]],
          claims: [[streamId, channel]], lost: { roomId: { code, reason } },
          expired: [[roomId, epoch]] }; gatewayId is the former one
          or JSON { refused, reason } for a session that was evicted, or whose rights have expired
          or the name of an error: ROOM_DISCONNECT there is no such session, ROOM_AUTHENTICATION_FAILED,
          ROOM_KICKED_OUT, ROOM_USER_IN_BLACKLIST, BUS_TIMEOUT
]==]
--- @include outbox
local sessionId, gatewayId, tokenHash, clientAddress = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if nowMs > tonumber(ARGV[5]) then return 'BUS_TIMEOUT' end
local sessions = redis.call('HGETALL', KEYS[2])
local session
for i = 1, #sessions, 2 do
  local other = cjson.decode(sessions[i + 1])
  if sessions[i] == sessionId then session = other end
  for _, evictedId in ipairs(other.evicted or {}) do
    if evictedId == sessionId then return 'ROOM_KICKED_OUT' end
  end
end
if not session or session.state == 'ending' then return 'ROOM_DISCONNECT' end
if session.state == 'out' then return cjson.encode({ refused = session.code, reason = session.reason }) end
if session.token ~= tokenHash then return 'ROOM_AUTHENTICATION_FAILED' end
if redis.call('EXISTS', KEYS[4]) == 1 then return 'ROOM_USER_IN_BLACKLIST' end

local result = {
  gatewayId = session.gateway, nodeId = session.node, userName = session.name, mode = session.mode,
  attach = session.attach + 1, rooms = {}, claims = {}, lost = session.lost, expired = {},
}
local rooms = redis.call('HGETALL', KEYS[1])
for i = 1, #rooms, 2 do
  local slot = cjson.decode(rooms[i + 1])
  if slot.session == sessionId and slot.state == 'live' then
    if slot.rightsEndMs and tonumber(slot.rightsEndMs) <= nowMs then
      result.expired[#result.expired + 1] = { rooms[i], slot.epoch }
    else
      result.rooms[#result.rooms + 1] = { rooms[i], slot.epoch, slot.note or '' }
    end
  end
end
if #result.rooms == 0 and #result.expired > 0 then
  return cjson.encode({ refused = 'ROOM_TOKEN_EXPIRED_KICKED_OUT' })
end
local claims = redis.call('HGETALL', KEYS[3])
for i = 1, #claims, 2 do
  local claim = cjson.decode(claims[i + 1])
  if claim.session == sessionId then result.claims[#result.claims + 1] = { claims[i], claim.channel } end
end
local wasSuspended = session.state == 'suspended'
session.gateway = gatewayId
session.attach = session.attach + 1
session.address = clientAddress ~= '' and clientAddress or nil
session.state = 'live'
session.graceEndMs = nil
session.lost = nil
redis.call('HSET', KEYS[2], sessionId, cjson.encode(session))
if wasSuspended then
  local roomIds = {}
  for _, room in ipairs(result.rooms) do roomIds[#roomIds + 1] = room[1] end
  logEvents(KEYS[5], { {
    type = 'user.reconnected', sessionId = sessionId, userName = session.name, roomIds = #roomIds > 0 and roomIds or nil,
  } })
end
return cjson.encode(result)
