--[==[
  Creates a room that stays for keepMs even while it is empty, or updates these settings of an existing room.

  KEYS[1] room (hash)   KEYS[2] outbox (list)
  ARGV    maxMemberCount, keepMs

  Output  { created (1 | 0 it existed), roomEpoch }
]==]
--- @include outbox
local time = redis.call('TIME')
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])
local keepUntilMs = string.format('%.0f', math.floor(nowUs / 1000) + tonumber(ARGV[2]))
local epoch = redis.call('HGET', KEYS[1], 'epoch')
redis.call('HSET', KEYS[1], 'maxMemberCount', ARGV[1], 'keepUntilMs', keepUntilMs)
if epoch then return { 0, epoch } end
epoch = string.format('%.0f', nowUs)
redis.call('HSET', KEYS[1], 'epoch', epoch, 'seq', 0)
logEvents(KEYS[2], { { type = 'room.opened', roomEpoch = epoch, maxMemberCount = tonumber(ARGV[1]) } })
return { 1, epoch }
