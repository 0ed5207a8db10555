--[==[
  Adds a member to a room, unless a ban, the fence or the member limit forbids it. The first login creates the
  room and sets its limit.

  KEYS[1] room (hash)   KEYS[2] members (hash userId -> member)   KEYS[3] streams (hash streamId -> stream)
  KEYS[4] bans (zset userId by expiry, ms)   KEYS[5] ban of the whole room (string)
  KEYS[6] fence of this user (string: logins up to this epoch are rejected)   KEYS[7] attributes (hash)
  KEYS[8] outbox (list)
  ARGV    userId, sessionId, epoch, userName, maxMemberCount, maxMembersPerRoom (0 = no limit, both),
          leaseMs (Unix ms at which the login expires; 0 = it is confirmed), mostMembers (in the reply),
          hidden (1 = the member is in no list and no count)

  Output  { roomEpoch, seq, joined (1|0), isNew (1|0), memberCount (without hidden ones), members (flat), streams (flat),
            removed streams (flat), attributes (flat) }
          joined = 1: `seq` is that of the fact memberJoined; the facts of the removed streams precede it
          or the name of an error: ROOM_USER_IN_BLACKLIST, ROOM_EXCEED_MAXIMUM_MEMBER, ROOM_LOGIN_TIMEOUT,
          ROOM_SESSION_EXCEPTION_KICKED_OUT (the login was cancelled, or superseded by a newer one)
]==]
--- @include outbox
local userId, sessionId, epoch, userName = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local maxMemberCount, maxMembersPerRoom = tonumber(ARGV[5]), tonumber(ARGV[6])
local leaseMs, mostMembers, hidden = tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9] == '1'

local time = redis.call('TIME')
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])
if leaseMs > 0 and nowUs / 1000 > leaseMs then return 'ROOM_LOGIN_TIMEOUT' end
-- One call in place of four: most rooms have none of these.
local hasMore = redis.call('EXISTS', KEYS[4], KEYS[5], KEYS[6], KEYS[7]) > 0
if hasMore then
  local fence = redis.call('GET', KEYS[6])
  if fence and tonumber(fence) >= tonumber(epoch) then return 'ROOM_SESSION_EXCEPTION_KICKED_OUT' end
  local bannedUntilMs = redis.call('ZSCORE', KEYS[4], userId)
  if bannedUntilMs and tonumber(bannedUntilMs) > nowUs / 1000 then return 'ROOM_USER_IN_BLACKLIST' end
  if redis.call('EXISTS', KEYS[5]) == 1 then return 'ROOM_USER_IN_BLACKLIST' end
end

local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'maxMemberCount', 'hidden')
local size = redis.call('HLEN', KEYS[2])
-- All members, if the reply can hold them: they include this user.
local members, found, foundAt
if size <= mostMembers then
  members = redis.call('HGETALL', KEYS[2])
  for i = 1, #members, 2 do
    if members[i] == userId then found, foundAt = members[i + 1], i + 1 end
  end
else
  found = redis.call('HGET', KEYS[2], userId)
end
local member = found and cjson.decode(found) or nil
if member and tonumber(member.epoch) > tonumber(epoch) then return 'ROOM_SESSION_EXCEPTION_KICKED_OUT' end

local isNew = not head[1]
local capacity = isNew and maxMemberCount or tonumber(head[3])
if maxMembersPerRoom > 0 and (capacity == 0 or maxMembersPerRoom < capacity) then capacity = maxMembersPerRoom end
local memberCount = size - tonumber(head[4] or 0)
-- A member that is visible stays so with a second session.
local wasVisible = member and not member.hidden
hidden = hidden and not wasVisible
local joins = not hidden and not wasVisible
if joins and capacity > 0 and memberCount >= capacity then return 'ROOM_EXCEED_MAXIMUM_MEMBER' end

local roomEpoch, seq = head[1], tonumber(head[2] or 0)
local removed = {}
if member and member.session ~= sessionId then
  local streams = redis.call('HGETALL', KEYS[3])
  for i = 1, #streams, 2 do
    if cjson.decode(streams[i + 1]).session == member.session then
      redis.call('HDEL', KEYS[3], streams[i])
      removed[#removed + 1] = streams[i]
      removed[#removed + 1] = streams[i + 1]
    end
  end
end
local facts = #removed / 2 + (joins and 1 or 0)
if isNew then
  roomEpoch, seq = string.format('%.0f', nowUs), facts
  redis.call('HSET', KEYS[1], 'epoch', roomEpoch, 'seq', seq, 'maxMemberCount', maxMemberCount)
elseif facts > 0 then
  seq = redis.call('HINCRBY', KEYS[1], 'seq', facts)
end
if not member or member.session ~= sessionId or member.epoch ~= epoch then
  found = cjson.encode({ session = sessionId, epoch = epoch, name = userName, hidden = hidden or nil })
  redis.call('HSET', KEYS[2], userId, found)
end
local change = (hidden and 1 or 0) - (member and member.hidden and 1 or 0)
if change ~= 0 then redis.call('HINCRBY', KEYS[1], 'hidden', change) end
if joins then memberCount = memberCount + 1 end
local events = {}
if isNew then events[1] = { type = 'room.opened', roomEpoch = roomEpoch, maxMemberCount = maxMemberCount } end
addRemoved(events, removed, 'repeatedLogin')
if joins then
  events[#events + 1] = {
    type = 'user.joined', roomEpoch = roomEpoch, userId = userId, userName = userName, sessionId = sessionId,
    memberCount = memberCount,
  }
end
logEvents(KEYS[8], events, nowUs)
if memberCount > mostMembers then
  members = redis.call('HRANDFIELD', KEYS[2], mostMembers, 'WITHVALUES')
elseif not members then
  members = redis.call('HGETALL', KEYS[2])
elseif foundAt then
  members[foundAt] = found
else
  members[#members + 1] = userId
  members[#members + 1] = found
end
return {
  roomEpoch, seq, joins and 1 or 0, isNew and 1 or 0, memberCount, members, redis.call('HGETALL', KEYS[3]), removed,
  hasMore and redis.call('HGETALL', KEYS[7]) or {},
}
