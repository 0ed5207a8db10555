--[==[
  Mutes or unmutes one media kind of a user in a room, or reads what is muted. A stream stands for its user; one that
  the room does not show has a mute of its own, which becomes the user's with the first read that names both. A mute
  outlives the room and ends with its time; the first read after that lifts it. The records of shown streams follow.

  KEYS[1] room (hash)   KEYS[2] streams (hash streamId -> stream)
  KEYS[3] mutes (zset u:kind:userId or s:kind:streamId by expiry, Unix ms)   KEYS[4] outbox (list)
  ARGV    action (mute|lift|read), streamId ('' = none), userId ('' = that of the shown stream), kind, forMs

  Output  { roomEpoch, seq, kinds (comma list), untilMs (the next expiry, 0 = none), userId ('' = unknown),
            changed streams (flat: streamId, kinds), changed (1|0) }
          `seq` is that of the last fact; each changed stream has one
          or ROOM_ROOMID_INCORRECT (mute): there is no such room
]==]
--- @include outbox
local action, streamId, userId, kind, forMs = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local keptMs = 86400000
local kinds = { 'audio', 'video' }

local roomEpoch = redis.call('HGET', KEYS[1], 'epoch')
if action == 'mute' and not roomEpoch then return 'ROOM_ROOMID_INCORRECT' end
local owner = 'muted:' .. streamId
if userId == '' then
  local shown = redis.call('HGET', KEYS[2], streamId)
  userId = shown and cjson.decode(shown).user or redis.call('HGET', KEYS[1], owner) or ''
end

local function untilOf(member)
  return tonumber(redis.call('ZSCORE', KEYS[3], member) or 0)
end
local function mute(member, untilMs)
  redis.call('ZADD', KEYS[3], untilMs, member)
  if redis.call('PTTL', KEYS[3]) < untilMs - nowMs + keptMs then
    redis.call('PEXPIREAT', KEYS[3], untilMs + keptMs)
  end
end

local changed = false
for _, one in ipairs(kinds) do
  local ofUser, ofStream = 'u:' .. one .. ':' .. userId, 's:' .. one .. ':' .. streamId
  if userId ~= '' and untilOf(ofStream) > nowMs then
    changed = changed or untilOf(ofUser) <= nowMs
    mute(ofUser, math.max(untilOf(ofUser), untilOf(ofStream)))
    redis.call('ZREM', KEYS[3], ofStream)
  end
  for _, member in ipairs({ ofUser, ofStream }) do
    local untilMs = untilOf(member)
    if untilMs > 0 and untilMs <= nowMs then
      redis.call('ZREM', KEYS[3], member)
      changed = true
    end
  end
end
if action ~= 'read' then
  local member = userId ~= '' and 'u:' .. kind .. ':' .. userId or 's:' .. kind .. ':' .. streamId
  if (untilOf(member) > nowMs) ~= (action == 'mute') then changed = true end
  if action == 'mute' then
    -- Those of users who did not come back.
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', nowMs - keptMs)
    mute(member, nowMs + forMs)
    if userId ~= '' and streamId ~= '' then redis.call('HSET', KEYS[1], owner, userId) end
  else
    redis.call('ZREM', KEYS[3], member)
    if streamId ~= '' then redis.call('HDEL', KEYS[1], owner) end
  end
end

local nextMs = 0
local function listOf(stream)
  local list = {}
  for _, one in ipairs(kinds) do
    local untilMs = math.max(untilOf('u:' .. one .. ':' .. userId), untilOf('s:' .. one .. ':' .. stream))
    if untilMs > nowMs then
      list[#list + 1] = one
      nextMs = nextMs == 0 and untilMs or math.min(nextMs, untilMs)
    end
  end
  return table.concat(list, ',')
end
local result, facts, seen = listOf(streamId), {}, {}
if changed and roomEpoch then
  local streams = userId ~= '' and redis.call('HGETALL', KEYS[2]) or {}
  for i = 1, #streams, 2 do
    if cjson.decode(streams[i + 1]).user == userId then
      facts[#facts + 1], seen[streams[i]] = streams[i], true
    end
  end
  if action ~= 'read' and streamId ~= '' and not seen[streamId] then facts[#facts + 1] = streamId end
end
local flat, events = {}, {}
for _, stream in ipairs(facts) do
  local list, shown = listOf(stream), redis.call('HGET', KEYS[2], stream)
  if shown then
    local record = cjson.decode(shown)
    record.forbidden = list
    redis.call('HSET', KEYS[2], stream, cjson.encode(record))
  end
  flat[#flat + 1] = stream
  flat[#flat + 1] = list
  local kindList = {}
  for one in string.gmatch(list, '%a+') do kindList[#kindList + 1] = one end
  events[#events + 1] = {
    type = 'stream.muted', roomEpoch = roomEpoch, streamId = stream, userId = userId ~= '' and userId or nil,
    -- cjson encodes an empty list as an object.
    mutedKinds = #kindList > 0 and kindList or nil,
  }
end
logEvents(KEYS[4], events)
local seq = #facts > 0 and redis.call('HINCRBY', KEYS[1], 'seq', #facts)
  or tonumber(redis.call('HGET', KEYS[1], 'seq') or 0)
return { roomEpoch or '', seq, result, nextMs, userId, flat, changed and 1 or 0 }
