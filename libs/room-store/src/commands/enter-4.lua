--[==[
  Takes a seat in a room if the user is not banned and a seat is free. The first login makes the room and
  sets how many may be in it.

  KEYS[1] room (hash)   KEYS[2] members (hash userId -> member)   KEYS[3] streams (hash streamId -> stream)
  KEYS[4] bans (zset userId by expiry, ms)
  ARGV    userId, sessionId, epoch, userName, maxMemberCount, maxMembersPerRoom (0 = no limit, both)

  Output  { roomEpoch, seq, joined (1|0), members (flat), streams (flat), removed streams (flat) }
          joined = 1: the fact memberJoined has `seq`; the facts of removed streams come before it
          or the name of an error: ROOM_USER_IN_BLACKLIST, ROOM_EXCEED_MAXIMUM_MEMBER,
          ROOM_SESSION_EXCEPTION_KICKED_OUT (a newer login of this user is in)
]==]
local userId, sessionId, epoch, userName = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local maxMemberCount, maxMembersPerRoom = tonumber(ARGV[5]), tonumber(ARGV[6])

local time = redis.call('TIME')
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])
local bannedUntilMs = redis.call('ZSCORE', KEYS[4], userId)
if bannedUntilMs and tonumber(bannedUntilMs) > nowUs / 1000 then return 'ROOM_USER_IN_BLACKLIST' end

local found = redis.call('HGET', KEYS[2], userId)
local member = found and cjson.decode(found) or nil
if member and tonumber(member.epoch) > tonumber(epoch) then return 'ROOM_SESSION_EXCEPTION_KICKED_OUT' end

local isNew = redis.call('EXISTS', KEYS[1]) == 0
local seats = isNew and maxMemberCount or tonumber(redis.call('HGET', KEYS[1], 'maxMemberCount'))
if maxMembersPerRoom > 0 and (seats == 0 or maxMembersPerRoom < seats) then seats = maxMembersPerRoom end
if not member and seats > 0 and redis.call('HLEN', KEYS[2]) >= seats then return 'ROOM_EXCEED_MAXIMUM_MEMBER' end

if isNew then
  redis.call('HSET', KEYS[1], 'epoch', string.format('%.0f', nowUs), 'seq', 0, 'maxMemberCount', maxMemberCount)
end
local removed = {}
if member and member.session ~= sessionId then
  local streams = redis.call('HGETALL', KEYS[3])
  for i = 1, #streams, 2 do
    if cjson.decode(streams[i + 1]).session == member.session then
      redis.call('HDEL', KEYS[3], streams[i])
      redis.call('HINCRBY', KEYS[1], 'seq', 1)
      removed[#removed + 1] = streams[i]
      removed[#removed + 1] = streams[i + 1]
    end
  end
end
redis.call('HSET', KEYS[2], userId, cjson.encode({ session = sessionId, epoch = epoch, name = userName }))
if not member then redis.call('HINCRBY', KEYS[1], 'seq', 1) end
return {
  redis.call('HGET', KEYS[1], 'epoch'),
  tonumber(redis.call('HGET', KEYS[1], 'seq')),
  member and 0 or 1,
  redis.call('HGETALL', KEYS[2]),
  redis.call('HGETALL', KEYS[3]),
  removed,
}
