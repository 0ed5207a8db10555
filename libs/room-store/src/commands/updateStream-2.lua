--[==[
  Changes the text of a stream of the session in a room, or the kinds that its publisher mutes there.

  KEYS[1] room (hash)   KEYS[2] streams (hash)
  ARGV    sessionId, streamId, hasText (1|0), extraInfo, hasMuted (1|0), muted (comma list)

  Output  { changed (1|0), roomEpoch, seq, stream }; 0 also if the session shows no such stream
]==]
local sessionId, streamId = ARGV[1], ARGV[2]
local found = redis.call('HGET', KEYS[2], streamId)
local stream = found and cjson.decode(found) or nil
if not stream or stream.session ~= sessionId then return { 0, '', 0, '' } end
local extraInfo = ARGV[3] == '1' and ARGV[4] or stream.extraInfo
local muted = ARGV[5] == '1' and ARGV[6] or stream.muted or ''
if extraInfo == stream.extraInfo and muted == (stream.muted or '') then return { 0, '', 0, '' } end
stream.extraInfo, stream.muted = extraInfo, muted
local changed = cjson.encode(stream)
redis.call('HSET', KEYS[2], streamId, changed)
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
return { 1, redis.call('HGET', KEYS[1], 'epoch'), seq, changed }
