--[==[
  Shows a stream in a room that the session is a member of, or updates a shown one.

  KEYS[1] room (hash)   KEYS[2] members (hash)   KEYS[3] streams (hash)   KEYS[4] outbox (list)
  ARGV    userId, sessionId, epoch, streamId, kinds (comma list), extraInfo

  Output  { roomEpoch, seq, added (1|0) } · ROOM_ROOMID_INCORRECT the session is not a member
]==]
--- @include outbox
local userId, sessionId, epoch, streamId, kinds, extraInfo = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local found = redis.call('HGET', KEYS[2], userId)
local member = found and cjson.decode(found) or nil
if not member or member.session ~= sessionId or member.epoch ~= epoch then
  return 'ROOM_ROOMID_INCORRECT'
end
local isNew = redis.call('HEXISTS', KEYS[3], streamId) == 0
redis.call('HSET', KEYS[3], streamId, cjson.encode({
  session = sessionId, user = userId, name = member.name, kinds = kinds, extraInfo = extraInfo,
}))
local seq = isNew and redis.call('HINCRBY', KEYS[1], 'seq', 1) or tonumber(redis.call('HGET', KEYS[1], 'seq'))
local roomEpoch = redis.call('HGET', KEYS[1], 'epoch')
if isNew then
  local list = {}
  for kind in string.gmatch(kinds, '%a+') do list[#list + 1] = kind end
  logEvents(KEYS[4], { {
    type = 'stream.added', roomEpoch = roomEpoch, streamId = streamId, userId = userId, userName = member.name,
    sessionId = sessionId, kinds = list, extraInfo = extraInfo,
  } })
end
return { roomEpoch, seq, isNew and 1 or 0 }
