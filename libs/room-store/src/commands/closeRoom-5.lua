--[==[
  Closes a room and removes all its members at once. The caller then releases the members' slots.

  KEYS[1] room (hash)   KEYS[2] members (hash)   KEYS[3] streams (hash)   KEYS[4] attributes (hash)
  KEYS[5] outbox (list)

  Output  { members (flat), streams (flat) } · nil there is no such room
]==]
--- @include outbox
local roomEpoch = redis.call('HGET', KEYS[1], 'epoch')
if not roomEpoch then return false end
local result = { redis.call('HGETALL', KEYS[2]), redis.call('HGETALL', KEYS[3]) }
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
local events, left = {}, 0
addRemoved(events, result[2], 'roomClosed')
for i = 1, #result[1], 2 do
  if not cjson.decode(result[1][i + 1]).hidden then left = left + 1 end
end
for i = 1, #result[1], 2 do
  local member = cjson.decode(result[1][i + 1])
  if not member.hidden then
    left = left - 1
    events[#events + 1] = {
      type = 'user.left', roomEpoch = roomEpoch, userId = result[1][i], userName = member.name,
      sessionId = member.session, reason = 'roomClosed', memberCount = left,
    }
  end
end
events[#events + 1] = { type = 'room.closed', roomEpoch = roomEpoch, reason = 'closed' }
logEvents(KEYS[5], events)
return result
