--[==[
  Replaces the note and the expiry of slots of a session after its token was renewed.

  KEYS[1] rooms of the user (hash)
  ARGV    sessionId, then for each slot: roomId, epoch, note, rightsEndMs (Unix ms, '' = the rights do not expire)

  Output  number of slots updated
]==]
local sessionId, renewed = ARGV[1], 0
for i = 2, #ARGV, 4 do
  local roomId, epoch, note, rightsEndMs = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local found = redis.call('HGET', KEYS[1], roomId)
  local slot = found and cjson.decode(found)
  if slot and slot.session == sessionId and slot.epoch == epoch then
    slot.note = note
    slot.rightsEndMs = rightsEndMs ~= '' and rightsEndMs or nil
    redis.call('HSET', KEYS[1], roomId, cjson.encode(slot))
    renewed = renewed + 1
  end
end
return renewed
