--[==[
  Removes a member from a room, with the streams of its session. Only the login that created the membership
  can end it; a login that has not entered yet is rejected by the fence when it does. An empty room is deleted
  in the same step, unless keepUntilMs lies ahead.

  KEYS[1] room (hash)   KEYS[2] members (hash)   KEYS[3] streams (hash)   KEYS[4] attributes (hash)
  KEYS[5] fence of this user (string)
  KEYS[6] outbox (list)
  ARGV    userId, sessionId, epoch, fenceMs (how long a late login is rejected), reason (in the events)

  Output  { left (1|0), roomEpoch, seq, userName, memberCount, removed streams (flat), visible (1|0), isEmpty (1|0) }
          visible = 1: `seq` is that of the fact memberLeft; the facts of the removed streams immediately precede it
]==]
--- @include outbox
local userId, sessionId, epoch, fenceMs, reason = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local found = redis.call('HGET', KEYS[2], userId)
local member = found and cjson.decode(found) or nil
if not member or member.session ~= sessionId or member.epoch ~= epoch then
  if not member or tonumber(member.epoch) < tonumber(epoch) then redis.call('SET', KEYS[5], epoch, 'PX', fenceMs) end
  return { 0, '', 0, '', 0, {}, 0, 0 }
end
local removed = {}
local streams = redis.call('HGETALL', KEYS[3])
for i = 1, #streams, 2 do
  if cjson.decode(streams[i + 1]).session == sessionId then
    redis.call('HDEL', KEYS[3], streams[i])
    removed[#removed + 1] = streams[i]
    removed[#removed + 1] = streams[i + 1]
  end
end
redis.call('HDEL', KEYS[2], userId)
local seq = redis.call('HINCRBY', KEYS[1], 'seq', #removed / 2 + (member.hidden and 0 or 1))
if member.hidden then redis.call('HINCRBY', KEYS[1], 'hidden', -1) end
local head = redis.call('HMGET', KEYS[1], 'epoch', 'keepUntilMs', 'hidden')
local members = redis.call('HLEN', KEYS[2])
local events = {}
addRemoved(events, removed, reason)
if not member.hidden then
  events[#events + 1] = {
    type = 'user.left', roomEpoch = head[1], userId = userId, userName = member.name, sessionId = sessionId,
    reason = reason, memberCount = members - tonumber(head[3] or 0),
  }
end
if members == 0 then
  local time = redis.call('TIME')
  if not head[2] or tonumber(head[2]) <= tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000 then
    redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
    events[#events + 1] = { type = 'room.closed', roomEpoch = head[1], reason = reason }
  end
end
logEvents(KEYS[6], events)
return {
  1, head[1], seq, member.name, members - tonumber(head[3] or 0), removed, member.hidden and 0 or 1,
  members == 0 and 1 or 0,
}
