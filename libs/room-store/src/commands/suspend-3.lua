--[==[
  Starts the grace of a session without a socket. Only the gateway that holds the session can, and only for
  the socket numbered `attach`: a late request must not suspend a session that has resumed elsewhere.

  KEYS[1] sessions of the user (hash)   KEYS[2] rooms of the user (hash)   KEYS[3] outbox (list)
  ARGV    sessionId, gatewayId, attach (0 = any: the gateway is lost), graceMs

  Output  'suspended' (idempotent) · 'stale' another gateway or socket holds it · 'ended' it is ending or out
          · 'none' there is no such session
]==]
--- @include outbox
local function roomsOf(sessionId)
  local flat, rooms = redis.call('HGETALL', KEYS[2]), {}
  for i = 1, #flat, 2 do
    if cjson.decode(flat[i + 1]).session == sessionId then rooms[#rooms + 1] = flat[i] end
  end
  return #rooms > 0 and rooms or nil
end
local sessionId, gatewayId, attach, graceMs = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local found = redis.call('HGET', KEYS[1], sessionId)
if not found then return 'none' end
local session = cjson.decode(found)
if session.state == 'ending' or session.state == 'out' then return 'ended' end
if session.gateway ~= gatewayId or (attach ~= 0 and session.attach ~= attach) then return 'stale' end
if session.state == 'live' then
  local time = redis.call('TIME')
  local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  session.state = 'suspended'
  session.graceEndMs = nowMs + graceMs
  redis.call('HSET', KEYS[1], sessionId, cjson.encode(session))
  logEvents(KEYS[3], { {
    type = 'user.reconnecting', sessionId = sessionId, userName = session.name, roomIds = roomsOf(sessionId),
    graceEndMs = session.graceEndMs,
  } })
end
return 'suspended'
