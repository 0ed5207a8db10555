--[==[
  Counts logins that were accepted before they are counted: checks no limit.

  KEYS[1] logins of this second (string)
  KEYS[2] users   KEYS[3] rooms   KEYS[4] sessions   KEYS[5] interop sessions
          (zsets by the time of the last count, Unix µs)
  ARGV    logins, windowMs, then for each of KEYS[2] to KEYS[5]: number of members, members

  Output  { stamp, logins of this second, users, rooms, sessions, interop sessions }: all that are counted now
]==]
local time = redis.call('TIME')
local stamp = string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2]))
local reply = { stamp, redis.call('INCRBY', KEYS[1], ARGV[1]) }
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local at = 3
for index = 2, 5 do
  local count = tonumber(ARGV[at])
  for member = at + 1, at + count do
    -- GT: a stamp grows with each count, also after the clock was set back.
    redis.call('ZADD', KEYS[index], 'GT', stamp, ARGV[member])
  end
  at = at + count + 1
  reply[index + 1] = redis.call('ZCARD', KEYS[index])
end
return reply
