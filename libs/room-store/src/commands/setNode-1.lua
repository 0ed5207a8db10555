--[==[
  Records the media node of a session.

  KEYS[1] sessions of the user (hash)
  ARGV    sessionId, attach, nodeId

  Output  1 recorded · 0 there is no such session, or a later socket has taken it over
]==]
local found = redis.call('HGET', KEYS[1], ARGV[1])
if not found then return 0 end
local session = cjson.decode(found)
if session.attach ~= tonumber(ARGV[2]) then return 0 end
session.node = ARGV[3]
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(session))
return 1
