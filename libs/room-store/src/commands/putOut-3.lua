--[==[
  Evicts a session from all its rooms, with the code to report to its client. Like beginEnd, but the record
  stays as `out` until the cleanup is done and, if the session has no socket, its grace has expired.

  KEYS[1] rooms of the user (hash)   KEYS[2] sessions of the user (hash)   KEYS[3] claims of the user (hash)
  ARGV    sessionId, code, reason

  Output  1 evicted · 0 there is no such session, or it is already out or ending
]==]
local sessionId, code, reason = ARGV[1], ARGV[2], ARGV[3]
local found = redis.call('HGET', KEYS[2], sessionId)
if not found then return 0 end
local session = cjson.decode(found)
if session.state == 'out' or session.state == 'ending' then return 0 end
local left = {
  state = 'out', code = code, reason = reason ~= '' and reason or nil, gateway = session.gateway,
  node = session.node, rooms = {}, streams = {}, untilMs = session.graceEndMs,
  name = session.name, started = session.started,
}
for index, key in ipairs({ KEYS[1], KEYS[3] }) do
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    local entry = cjson.decode(flat[i + 1])
    if entry.session == sessionId then
      redis.call('HDEL', key, flat[i])
      if index == 1 then
        left.rooms[#left.rooms + 1] = { flat[i], entry.epoch }
      else
        left.streams[#left.streams + 1] = flat[i]
      end
    end
  end
end
redis.call('HSET', KEYS[2], sessionId, cjson.encode(left))
return 1
