--[==[
  Shows a stream in a room that the session is a member of, or updates a shown one.

  KEYS[1] room (hash)   KEYS[2] members (hash)   KEYS[3] streams (hash)   KEYS[4] mutes (zset, see `mute`)
  KEYS[5] outbox (list)
  ARGV    userId, sessionId, epoch, streamId, kinds (comma list), hasText (1|0: a shown stream keeps its text),
          extraInfo, muted (comma list of the kinds that the publisher mutes here)

  Output  { roomEpoch, seq, change ('added', 'changed' or ''), stream }
          A stream that an application server has announced for the user is 'changed' for members, who know it, and
          added in the event log, which has not had it.
          · ROOM_ROOMID_INCORRECT the session is not a member
          · PUBLISHER_REPETITIVE_PUBLISH_STREAM an application server has announced it for another user
]==]
--- @include outbox
local userId, sessionId, epoch, streamId, kinds = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local hasText, extraInfo, muted = ARGV[6] == '1', ARGV[7], ARGV[8]
local found = redis.call('HGET', KEYS[2], userId)
local member = found and cjson.decode(found) or nil
if not member or member.session ~= sessionId or member.epoch ~= epoch then
  return 'ROOM_ROOMID_INCORRECT'
end
local shown = redis.call('HGET', KEYS[3], streamId)
local former = shown and cjson.decode(shown) or nil
local isAnnounced = former and former.session == ''
if isAnnounced and former.user ~= userId then return 'PUBLISHER_REPETITIVE_PUBLISH_STREAM' end
if former and not hasText then extraInfo = former.extraInfo end

local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local forbidden = {}
for _, kind in ipairs({ 'audio', 'video' }) do
  local untilMs = 0
  for _, member in ipairs({ 'u:' .. kind .. ':' .. userId, 's:' .. kind .. ':' .. streamId }) do
    untilMs = math.max(untilMs, tonumber(redis.call('ZSCORE', KEYS[4], member) or 0))
  end
  if untilMs > nowMs then forbidden[#forbidden + 1] = kind end
end

local change = ''
if not former then
  change = 'added'
elseif former.session ~= sessionId or former.kinds ~= kinds or former.extraInfo ~= extraInfo
  or (former.muted or '') ~= muted then
  change = 'changed'
end
local seq = change ~= '' and redis.call('HINCRBY', KEYS[1], 'seq', 1) or tonumber(redis.call('HGET', KEYS[1], 'seq'))
local first = former or { at = nowMs, number = seq }
local stream = cjson.encode({
  session = sessionId, user = userId, name = member.name, kinds = kinds, extraInfo = extraInfo, muted = muted,
  forbidden = table.concat(forbidden, ','), at = first.at, number = first.number,
})
redis.call('HSET', KEYS[3], streamId, stream)
local roomEpoch = redis.call('HGET', KEYS[1], 'epoch')
if change == 'added' or isAnnounced then
  local list = {}
  for kind in string.gmatch(kinds, '%a+') do list[#list + 1] = kind end
  logEvents(KEYS[5], { {
    type = 'stream.added', roomEpoch = roomEpoch, streamId = streamId, userId = userId, userName = member.name,
    sessionId = sessionId, kinds = list, extraInfo = extraInfo,
  } })
end
return { roomEpoch, seq, change, stream }
