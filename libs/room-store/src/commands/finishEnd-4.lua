--[==[
  Ends a session: removes its slots, its claims and its record. The record of a session that was evicted while
  it had no socket stays, empty, until its grace expires, so that a resume is refused with the reason.

  KEYS[1] rooms of the user (hash)   KEYS[2] sessions of the user (hash)   KEYS[3] claims of the user (hash)
  KEYS[4] outbox (list)
  ARGV    sessionId, reason (in the event, if the session was not evicted)

  Output  1 the record is removed · 0 it stays until the grace expires
]==]
--- @include outbox
local sessionId = ARGV[1]
local found = redis.call('HGET', KEYS[2], sessionId)
if not found then return 1 end
for _, key in ipairs({ KEYS[1], KEYS[3] }) do
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    if cjson.decode(flat[i + 1]).session == sessionId then redis.call('HDEL', key, flat[i]) end
  end
end
local session = cjson.decode(found)
if session.started then
  logEvents(KEYS[4], { {
    type = 'session.ended', sessionId = sessionId, userName = session.name, reason = session.code or ARGV[2],
  } })
end
if session.state == 'out' and session.untilMs then
  local time = redis.call('TIME')
  if session.untilMs > tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) then
    session.rooms, session.streams, session.started = {}, {}, nil
    redis.call('HSET', KEYS[2], sessionId, cjson.encode(session))
    return 0
  end
end
redis.call('HDEL', KEYS[2], sessionId)
return 1
