--[==[
  Reads the attributes of a room, and the hash that stands for all of them.

  KEYS[1] room (hash)   KEYS[2] attributes (hash key -> attribute)

  Output  { etag, attributes (flat key, JSON) } · ROOM_ROOMID_INCORRECT there is no such room
]==]
local roomEpoch = redis.call('HGET', KEYS[1], 'epoch')
if not roomEpoch then return 'ROOM_ROOMID_INCORRECT' end
local flat, versions = redis.call('HGETALL', KEYS[2]), {}
for i = 1, #flat, 2 do versions[#versions + 1] = flat[i] .. '\0' .. cjson.decode(flat[i + 1]).version end
table.sort(versions)
return { redis.sha1hex(roomEpoch .. '\n' .. table.concat(versions, '\n')), flat }
