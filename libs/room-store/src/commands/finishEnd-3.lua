--[==[
  Ends a session: its slots, its claims and itself are gone from the user.

  KEYS[1] rooms of the user (hash)   KEYS[2] sessions of the user (hash)   KEYS[3] claims of the user (hash)
  ARGV    sessionId

  Output  1 ended · 0 there is no such session
]==]
local sessionId = ARGV[1]
for _, key in ipairs({ KEYS[1], KEYS[3] }) do
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    if cjson.decode(flat[i + 1]).session == sessionId then redis.call('HDEL', key, flat[i]) end
  end
end
return redis.call('HDEL', KEYS[2], sessionId)
