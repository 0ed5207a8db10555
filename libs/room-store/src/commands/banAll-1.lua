--[==[
  Bans a user from all rooms, or all users from a room, for a time, or lifts the ban.

  KEYS[1] ban of the user or of the room (string)
  ARGV    forMs (0 lifts the ban), onlyProlong (1: a ban that lasts longer stays | 0)

  Output  1
]==]
local forMs, onlyProlong = tonumber(ARGV[1]), ARGV[2] == '1'
if forMs == 0 then
  redis.call('DEL', KEYS[1])
elseif not onlyProlong or redis.call('PTTL', KEYS[1]) < forMs then
  redis.call('SET', KEYS[1], '1', 'PX', forMs)
end
return 1
