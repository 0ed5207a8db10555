--[==[
  Deletes a room that is empty and whose keepUntilMs has passed.

  KEYS[1] room (hash)   KEYS[2] members (hash)   KEYS[3] streams (hash)   KEYS[4] attributes (hash)
  KEYS[5] outbox (list)

  Output  1 it does not exist any more · 0 it stays
]==]
--- @include outbox
local roomEpoch = redis.call('HGET', KEYS[1], 'epoch')
if not roomEpoch then return 1 end
if redis.call('HLEN', KEYS[2]) > 0 then return 0 end
local keepUntilMs = redis.call('HGET', KEYS[1], 'keepUntilMs')
local time = redis.call('TIME')
if keepUntilMs and tonumber(keepUntilMs) > tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000 then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
logEvents(KEYS[5], { { type = 'room.closed', roomEpoch = roomEpoch, reason = 'expired' } })
return 1
