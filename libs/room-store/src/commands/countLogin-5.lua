--[==[
  Counts a login against all limits of its AppID at once: either everything is counted, or nothing but the rate.

  KEYS[1] logins of this second (string)
  KEYS[2] users   KEYS[3] rooms   KEYS[4] sessions   KEYS[5] interop sessions
          (zsets by the time of the last count, Unix µs)
  ARGV    most logins (0 = not counted), windowMs, then for each of KEYS[2] to KEYS[5]: member, most (0 = not
          counted)

  Output  { 0, stamp, added users, added rooms, added sessions, added interop sessions (1 | 0 not counted, or before),
          logins of this second, users, rooms, sessions, interop sessions: all that are counted now }
          · { 1, index of the reached limit (1 = logins, 2 = users, …) }
]==]
local count = 0
if tonumber(ARGV[1]) > 0 then
  count = redis.call('INCR', KEYS[1])
  if count == 1 then redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2])) end
  if count > tonumber(ARGV[1]) then return { 1, 1 } end
end
local time = redis.call('TIME')
local stamp, found = tonumber(time[1]) * 1000000 + tonumber(time[2]), {}
for index = 2, 5 do
  local member, most = ARGV[index * 2 - 1], tonumber(ARGV[index * 2])
  if most > 0 then
    local score = redis.call('ZSCORE', KEYS[index], member)
    if not score and redis.call('ZCARD', KEYS[index]) >= most then return { 1, index } end
    found[index] = score or false
    -- Grows with each count, also after the clock was set back.
    stamp = math.max(stamp, tonumber(score or 0) + 1)
  end
end
local text = string.format('%.0f', stamp)
local reply = { 0, text }
for index = 2, 5 do
  if found[index] ~= nil then redis.call('ZADD', KEYS[index], text, ARGV[index * 2 - 1]) end
  reply[index + 1] = found[index] == false and 1 or 0
end
reply[7] = count
for index = 2, 5 do reply[index + 6] = redis.call('ZCARD', KEYS[index]) end
return reply
