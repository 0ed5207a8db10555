--[==[
  Reserves a slot for one more room of the user, if every rule of the user permits it.
  Check and write are atomic. The slot is `entering` until it is confirmed or its lease expires.
  Sessions that this login evicts stay in KEYS[2] as `out`, with a list of what they held, until the cleanup
  is done: if the caller crashes, the next one finds the list.
  A late login changes nothing: its caller may have undone it, or repeated it, and a session that it has given up would
  live on.

  KEYS[1] rooms of the user (hash roomId -> slot)   KEYS[2] sessions of the user (hash sessionId -> session)
  KEYS[3] stream claims of the user (hash streamId -> claim)   KEYS[4] ban of the user (string)
  ARGV    roomId, sessionId, gatewayId, nodeId, userName, mode, userMatches (1|0), limit,
          policy (kickOld|refuseNew|share), requestId, enterLeaseMs, opens (1|0: the session's first login),
          tokenHash, note, replaces (roomId to switch from, or ''),
          rightsEndMs (Unix ms, '' = the rights do not expire: those of an AppSign),
          clientAddress ('' = unknown), client ('' = unknown), socket (its number within the client),
          deadlineMs (Unix ms)

  Output  { epoch ('' = refused), leaseMs, repeated (1|0), out (list of sessionId),
            swept (list of { roomId, epoch, sessionId }), name of the error of a refusal ('' = none) }
          or the name of an error: ROOM_KICKED_OUT, ROOM_SESSION_EXCEPTION_KICKED_OUT, ROOM_LOGIN_OTHER,
          ROOM_ROOMID_INCORRECT, ROOM_ROOM_ID_HAS_BEEN_USED, ROOM_COUNT_EXCEED,
          ROOM_MULTI_ROOM_LOGIN_USER_NOT_SAME, ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT,
          ROOM_USER_IN_BLACKLIST, ENGINE_APPSIGN_INCORRECT, BUS_TIMEOUT
]==]
local roomId, sessionId, gatewayId, nodeId, userName = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local mode, userMatches, limit, policy = ARGV[6], ARGV[7] == '1', tonumber(ARGV[8]), ARGV[9]
local requestId, enterLeaseMs, opens = ARGV[10], tonumber(ARGV[11]), ARGV[12] == '1'
local tokenHash, note, replaces, rightsEndMs = ARGV[13], ARGV[14], ARGV[15], ARGV[16]
local clientAddress, client, socket, deadlineMs = ARGV[17], ARGV[18], tonumber(ARGV[19]), tonumber(ARGV[20])

local time = redis.call('TIME')
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])
local nowMs = math.floor(nowUs / 1000)
if nowMs > deadlineMs then return 'BUS_TIMEOUT' end

-- Returns the records as text: decoding is most of the work, and a login reads few of them in full.
local function readAll(key)
  local flat, map = redis.call('HGETALL', key), {}
  for i = 1, #flat, 2 do map[flat[i]] = flat[i + 1] end
  return map
end

local function decode(records, id)
  local record = records[id]
  if type(record) == 'string' then
    record = cjson.decode(record)
    records[id] = record
  end
  return record
end

-- Whether the text of a record has this member. A quote within a string is escaped: it matches no part of one. Plain:
-- a pattern takes longer than to decode.
local function has(record, member)
  return string.find(record, member, 1, true)
end

local rooms, sessions = readAll(KEYS[1]), readAll(KEYS[2])
local own = sessions[sessionId]

-- An evicted or ending session stays so: its late requests must not evict its successor.
if own and has(own, '"state":"out"') then return decode(sessions, sessionId).code end
if own and has(own, '"state":"ending"') then return 'ROOM_SESSION_EXCEPTION_KICKED_OUT' end
local others, out = {}, {}
for id in pairs(sessions) do
  if id ~= sessionId then
    local session = decode(sessions, id)
    if session.state == 'out' then
      out[#out + 1] = id
    else
      -- The client has closed the socket of this login, and has logged in over a later one.
      if client ~= '' and session.client == client and session.socket > socket then return 'ROOM_KICKED_OUT' end
      others[#others + 1] = id
    end
    for _, evictedId in ipairs(session.evicted or {}) do
      if evictedId == sessionId then return 'ROOM_KICKED_OUT' end
    end
  end
end
-- A session without a record has ended, unless this is its first login.
if not own and not opens then return 'ROOM_SESSION_EXCEPTION_KICKED_OUT' end

-- Slots whose login was never confirmed: the login failed or its process crashed.
local swept, highest = {}, 0
for id, text in pairs(rooms) do
  local _, before = has(text, '"epoch":"')
  highest = math.max(highest, tonumber(string.match(text, '^%d+', before + 1)))
  if has(text, '"state":"entering"') then
    local slot = decode(rooms, id)
    if slot.leaseMs < nowMs then
      redis.call('HDEL', KEYS[1], id)
      swept[#swept + 1] = { id, slot.epoch, slot.session }
      rooms[id] = nil
    end
  end
end

-- An AppSign names no user: a login with one neither evicts the session of a token nor stands beside it.
if not own and rightsEndMs == '' then
  for id in pairs(rooms) do
    local slot = decode(rooms, id)
    if slot.session ~= sessionId and slot.rightsEndMs and tonumber(slot.rightsEndMs) > nowMs then
      return 'ENGINE_APPSIGN_INCORRECT'
    end
  end
end

-- The policy is about other devices: an earlier session of the same client ends in any case.
local evicting = {}
for _, id in ipairs(others) do
  local isSameClient = client ~= '' and sessions[id].client == client
  if not isSameClient and policy == 'refuseNew' and not own then return 'ROOM_LOGIN_OTHER' end
  if isSameClient or policy ~= 'share' then evicting[#evicting + 1] = id end
end
local evictedIds = {}
if #evicting > 0 then
  local claims = readAll(KEYS[3])
  for _, id in ipairs(evicting) do
    local session = sessions[id]
    local left = {
      state = 'out', code = 'ROOM_KICKED_OUT', gateway = session.gateway, node = session.node, rooms = {}, streams = {},
      untilMs = session.graceEndMs, name = session.name, started = session.started,
    }
    for otherRoom in pairs(rooms) do
      local slot = decode(rooms, otherRoom)
      if slot.session == id then
        redis.call('HDEL', KEYS[1], otherRoom)
        left.rooms[#left.rooms + 1] = { otherRoom, slot.epoch }
        rooms[otherRoom] = nil
      end
    end
    for streamId in pairs(claims) do
      local claim = decode(claims, streamId)
      if claim.session == id then
        redis.call('HDEL', KEYS[3], streamId)
        left.streams[#left.streams + 1] = streamId
      end
    end
    redis.call('HSET', KEYS[2], id, cjson.encode(left))
    out[#out + 1] = id
    evictedIds[#evictedIds + 1] = id
  end
end

-- The evictions above stay in effect even if this login is refused, so a refusal lists them too.
local function refuse(name)
  if #out == 0 and #swept == 0 then return name end
  return { '', 0, 0, out, swept, name }
end

local slot = decode(rooms, roomId)
if slot then
  if slot.session == sessionId and slot.request == requestId then
    return { slot.epoch, slot.leaseMs or 0, 1, out, swept, '' }
  end
  return refuse(mode == 'multi' and 'ROOM_ROOM_ID_HAS_BEEN_USED' or 'ROOM_COUNT_EXCEED')
end
local count = 0
for id in pairs(rooms) do
  if id ~= replaces then count = count + 1 end
end
if replaces ~= '' and (not rooms[replaces] or decode(rooms, replaces).session ~= sessionId) then
  return refuse('ROOM_ROOMID_INCORRECT')
end
if mode == 'single' and count > 0 then return refuse('ROOM_COUNT_EXCEED') end
if not userMatches then return refuse('ROOM_MULTI_ROOM_LOGIN_USER_NOT_SAME') end
if count >= limit then return refuse('ROOM_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT') end
if redis.call('EXISTS', KEYS[4]) == 1 then return refuse('ROOM_USER_IN_BLACKLIST') end

-- Epochs come from the clock, so they grow although no record of a user outlives the last room; the maximum
-- covers a clock that was set back. A string, because cjson would truncate the number.
local epoch = string.format('%.0f', math.max(nowUs, highest + 1))
local leaseMs = nowMs + enterLeaseMs
redis.call('HSET', KEYS[1], roomId, cjson.encode({
  session = sessionId, epoch = epoch, state = 'entering', leaseMs = leaseMs, request = requestId,
  note = note, rightsEndMs = rightsEndMs ~= '' and rightsEndMs or nil,
}))
if not own or #evictedIds > 0 then
  local record = decode(sessions, sessionId) or {
    gateway = gatewayId, node = nodeId, name = userName, mode = mode, state = 'live', attach = 1, token = tokenHash,
    address = clientAddress ~= '' and clientAddress or nil,
    client = client ~= '' and client or nil, socket = client ~= '' and socket or nil,
  }
  record.evicted = record.evicted or {}
  for _, id in ipairs(evictedIds) do record.evicted[#record.evicted + 1] = id end
  if #record.evicted == 0 then record.evicted = nil end
  redis.call('HSET', KEYS[2], sessionId, cjson.encode(record))
end
return { epoch, leaseMs, 0, out, swept, '' }
