--[==[
  Changes attributes of a room atomically.

  KEYS[1] room (hash)   KEYS[2] members (hash)   KEYS[3] attributes (hash key -> attribute)
  ARGV    userId, sessionId ('' = the application server), epoch, maxKeys,
          changes (JSON [[key, value, version]]: value '' deletes the attribute; version is the expected one,
          0 = it must not exist, -1 = any), ifMatch (the expected etag, '' = any)

  Output  { roomEpoch, seq, changed (flat key, JSON), etag (as of readAttributes) }
          or the name of an error: ROOM_ROOMID_INCORRECT, ROOM_EXTRA_INFO_CONFLICT,
          ROOM_EXTRA_INFO_EXCEED_KEYS, REST_PRECONDITION_FAILED
]==]
local userId, sessionId, epoch, maxKeys = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local roomEpoch = redis.call('HGET', KEYS[1], 'epoch')
if not roomEpoch then return 'ROOM_ROOMID_INCORRECT' end
if sessionId ~= '' then
  local found = redis.call('HGET', KEYS[2], userId)
  local member = found and cjson.decode(found) or nil
  if not member or member.session ~= sessionId or member.epoch ~= epoch then return 'ROOM_ROOMID_INCORRECT' end
end
local function etagOf()
  local flat, versions = redis.call('HGETALL', KEYS[3]), {}
  for i = 1, #flat, 2 do versions[#versions + 1] = flat[i] .. '\0' .. cjson.decode(flat[i + 1]).version end
  table.sort(versions)
  return redis.sha1hex(roomEpoch .. '\n' .. table.concat(versions, '\n'))
end
-- An application server reads the etag; a client names versions.
if ARGV[6] ~= '' and ARGV[6] ~= etagOf() then return 'REST_PRECONDITION_FAILED' end
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local count, changes, changed = redis.call('HLEN', KEYS[3]), cjson.decode(ARGV[5]), {}
for _, change in ipairs(changes) do
  local found = redis.call('HGET', KEYS[3], change[1])
  local version = found and cjson.decode(found).version or 0
  if change[3] >= 0 and change[3] ~= version then return 'ROOM_EXTRA_INFO_CONFLICT' end
  if change[2] ~= '' and not found then count = count + 1 end
  if change[2] == '' and found then count = count - 1 end
end
if count > maxKeys then return 'ROOM_EXTRA_INFO_EXCEED_KEYS' end
-- The fact number serves as version: it keeps growing when an attribute is deleted and set again.
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
for _, change in ipairs(changes) do
  local value = cjson.encode({ value = change[2], version = seq, user = userId, atMs = nowMs })
  if change[2] == '' then redis.call('HDEL', KEYS[3], change[1]) else redis.call('HSET', KEYS[3], change[1], value) end
  changed[#changed + 1] = change[1]
  changed[#changed + 1] = value
end
return { roomEpoch, seq, changed, sessionId == '' and etagOf() or '' }
