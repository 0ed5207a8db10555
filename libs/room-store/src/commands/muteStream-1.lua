--[==[
  Mutes or unmutes one media kind of a stream in a room, whether the stream is shown there or not. The mute is
  a field of the room and is deleted with it.

  KEYS[1] room (hash)
  ARGV    streamId, kind, muted (1|0)

  Output  { roomEpoch, seq, kinds (comma list), changed (1|0) } · ROOM_ROOMID_INCORRECT there is no such room
]==]
local streamId, kind, muted = ARGV[1], ARGV[2], ARGV[3] == '1'
local roomEpoch = redis.call('HGET', KEYS[1], 'epoch')
if not roomEpoch then return 'ROOM_ROOMID_INCORRECT' end
local field = 'mutes:' .. streamId
local kinds, has = {}, false
for former in string.gmatch(redis.call('HGET', KEYS[1], field) or '', '%a+') do
  if former == kind then has = true else kinds[#kinds + 1] = former end
end
if muted then kinds[#kinds + 1] = kind end
table.sort(kinds)
local list = table.concat(kinds, ',')
if has == muted then return { roomEpoch, tonumber(redis.call('HGET', KEYS[1], 'seq')), list, 0 } end
if list == '' then redis.call('HDEL', KEYS[1], field) else redis.call('HSET', KEYS[1], field, list) end
return { roomEpoch, redis.call('HINCRBY', KEYS[1], 'seq', 1), list, 1 }
