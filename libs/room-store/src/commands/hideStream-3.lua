--[==[
  Removes a stream of the session from a room.

  KEYS[1] room (hash)   KEYS[2] streams (hash)   KEYS[3] outbox (list)
  ARGV    sessionId, streamId, reason (in the event log)

  Output  { hidden (1|0), roomEpoch, seq, stream }
]==]
--- @include outbox
local found = redis.call('HGET', KEYS[2], ARGV[2])
if not found or cjson.decode(found).session ~= ARGV[1] then return { 0, '', 0, '' } end
redis.call('HDEL', KEYS[2], ARGV[2])
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
local events = {}
addRemoved(events, { ARGV[2], found }, ARGV[3])
logEvents(KEYS[3], events)
return { 1, redis.call('HGET', KEYS[1], 'epoch'), seq, found }
