--[==[
  Creates a room that stays for keepMs even while it is empty, or updates these settings of an existing room.

  KEYS[1] room (hash)   KEYS[2] outbox (list)
  ARGV    maxMemberCount, keepMs, ifMatch (the expected settings as EPOCH-MAX-UNTIL, '*' = any, '' = also no room)

  Output  { created (1 | 0 it existed), roomEpoch, keepUntilMs } or REST_PRECONDITION_FAILED
]==]
--- @include outbox
local time = redis.call('TIME')
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])
local keepUntilMs = string.format('%.0f', math.floor(nowUs / 1000) + tonumber(ARGV[2]))
local found = redis.call('HMGET', KEYS[1], 'epoch', 'maxMemberCount', 'keepUntilMs')
local epoch = found[1]
local settings = epoch and epoch .. '-' .. (found[2] or '0') .. '-' .. (found[3] or '0') or nil
if ARGV[3] ~= '' and (not epoch or (ARGV[3] ~= '*' and ARGV[3] ~= settings)) then return 'REST_PRECONDITION_FAILED' end
redis.call('HSET', KEYS[1], 'maxMemberCount', ARGV[1], 'keepUntilMs', keepUntilMs)
if epoch then return { 0, epoch, keepUntilMs } end
epoch = string.format('%.0f', nowUs)
redis.call('HSET', KEYS[1], 'epoch', epoch, 'seq', 0)
logEvents(KEYS[2], { { type = 'room.opened', roomEpoch = epoch, maxMemberCount = tonumber(ARGV[1]) } })
return { 1, epoch, keepUntilMs }
