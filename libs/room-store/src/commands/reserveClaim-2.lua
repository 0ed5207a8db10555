--[==[
  Claims a stream ID and a publish channel for a session before it publishes.

  KEYS[1] sessions of the user (hash)   KEYS[2] claims of the user (hash streamId -> claim)
  ARGV    sessionId, streamId, channel

  Output  1 reserved (idempotent) · PUBLISHER_ALREADY_DO_PUBLISH the channel is in use
          · PUBLISHER_REPETITIVE_PUBLISH_STREAM another session of the user holds the stream ID
          · ROOM_SESSION_EXCEPTION_KICKED_OUT the session has ended or is ending
]==]
local sessionId, streamId, channel = ARGV[1], ARGV[2], tonumber(ARGV[3])
local found = redis.call('HGET', KEYS[1], sessionId)
if not found or cjson.decode(found).state == 'ending' then return 'ROOM_SESSION_EXCEPTION_KICKED_OUT' end
local claims = redis.call('HGETALL', KEYS[2])
for i = 1, #claims, 2 do
  local claim = cjson.decode(claims[i + 1])
  if claim.session == sessionId and claim.channel == channel and claims[i] ~= streamId then
    return 'PUBLISHER_ALREADY_DO_PUBLISH'
  end
end
local mine = redis.call('HGET', KEYS[2], streamId)
if mine and cjson.decode(mine).session ~= sessionId then return 'PUBLISHER_REPETITIVE_PUBLISH_STREAM' end
redis.call('HSET', KEYS[2], streamId, cjson.encode({ session = sessionId, channel = channel }))
return 1
