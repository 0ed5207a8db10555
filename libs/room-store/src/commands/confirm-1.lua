--[==[
  Turns an `entering` slot into a `live` one.

  KEYS[1] rooms of the user (hash)
  ARGV    roomId, sessionId, epoch

  Output  1 confirmed (idempotent) · 0 the slot does not belong to this login
]==]
local roomId, sessionId, epoch = ARGV[1], ARGV[2], ARGV[3]
local found = redis.call('HGET', KEYS[1], roomId)
if not found then return 0 end
local slot = cjson.decode(found)
if slot.session ~= sessionId or slot.epoch ~= epoch then return 0 end
slot.state = 'live'
slot.leaseMs = nil
redis.call('HSET', KEYS[1], roomId, cjson.encode(slot))
return 1
