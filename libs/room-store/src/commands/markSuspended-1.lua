--[==[
  Marks a session as without a socket.

  KEYS[1] sessions of the user (hash)
  ARGV    sessionId

  Output  1 suspended (again) · 0 there is no such session
]==]
local found = redis.call('HGET', KEYS[1], ARGV[1])
if not found then return 0 end
local session = cjson.decode(found)
if session.state == 'live' then
  session.state = 'suspended'
  redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(session))
end
return 1
