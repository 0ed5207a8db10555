--[==[
  Turns an `entering` slot into a `live` one.

  KEYS[1] rooms of the user (hash)   KEYS[2] sessions of the user (hash)   KEYS[3] outbox (list)
  ARGV    roomId, sessionId, epoch

  Output  1 confirmed (idempotent) · 2 the same, and the session has started · 0 the slot does not belong to this login
]==]
--- @include outbox
local roomId, sessionId, epoch = ARGV[1], ARGV[2], ARGV[3]
local found = redis.call('HGET', KEYS[1], roomId)
if not found then return 0 end
local slot = cjson.decode(found)
if slot.session ~= sessionId or slot.epoch ~= epoch then return 0 end
slot.state = 'live'
slot.leaseMs = nil
redis.call('HSET', KEYS[1], roomId, cjson.encode(slot))
local record = redis.call('HGET', KEYS[2], sessionId)
-- A session starts with its first room.
if record and not string.find(record, '"started":true', 1, true) then
  local session = cjson.decode(record)
  if session.state == 'live' or session.state == 'suspended' then
    session.started = true
    redis.call('HSET', KEYS[2], sessionId, cjson.encode(session))
    logEvents(KEYS[3], { { type = 'session.started', sessionId = sessionId, userName = session.name, mode = session.mode } })
    return 2
  end
end
return 1
