--[==[
  Lists a stream of an application server in a room that exists. It belongs to no session.

  KEYS[1] room (hash)   KEYS[2] streams (hash)   KEYS[3] outbox (list)
  ARGV    streamId, userId, userName, extraInfo, most (announced streams of the room)

  Output  { roomEpoch, seq, added (1|0) } · ROOM_ROOMID_INCORRECT there is no such room
          · PUBLISHER_REPETITIVE_PUBLISH_STREAM another user shows it · ROOM_STREAM_LIMIT_REACHED
]==]
--- @include outbox
local streamId, userId, userName, extraInfo, most = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq')
if not head[1] then return 'ROOM_ROOMID_INCORRECT' end
local found = redis.call('HGET', KEYS[2], streamId)
if found then
  local stream = cjson.decode(found)
  if stream.session ~= '' or stream.user ~= userId then return 'PUBLISHER_REPETITIVE_PUBLISH_STREAM' end
  return { head[1], tonumber(head[2]), 0 }
end
local announced = 0
for _, value in ipairs(redis.call('HVALS', KEYS[2])) do
  if cjson.decode(value).session == '' then announced = announced + 1 end
end
if announced >= most then return 'ROOM_STREAM_LIMIT_REACHED' end
local time = redis.call('TIME')
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
redis.call('HSET', KEYS[2], streamId, cjson.encode({
  session = '', user = userId, name = userName, kinds = 'audio,video', extraInfo = extraInfo,
  at = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000), number = seq,
}))
logEvents(KEYS[3], { {
  type = 'stream.added', roomEpoch = head[1], streamId = streamId, userId = userId, userName = userName,
  kinds = { 'audio', 'video' }, extraInfo = extraInfo,
} })
return { head[1], seq, 1 }
