-- Appends events to the outbox of a slot: the room service moves them to the event log. An entry is its ID, a space,
-- and JSON. IDs grow: microseconds of Redis, or more. `events`: a list of tables with a `type`. `nowUs`: the time,
-- if the command has read it.
local function logEvents(key, events, nowUs)
  if #events == 0 then return end
  local id = nowUs
  if not id then
    local time = redis.call('TIME')
    id = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  local last = redis.call('LINDEX', key, -1)
  if last then id = math.max(id, tonumber(string.match(last, '^%d+')) + 1) end
  local length = 0
  for index, event in ipairs(events) do
    length = redis.call('RPUSH', key, string.format('%.0f ', id + index - 1) .. cjson.encode(event))
  end
  -- While the event log cannot be written: the oldest events are lost, not the memory of Redis.
  if length > 20000 then redis.call('LTRIM', key, -20000, -1) end
end
-- Events of streams that a session or a room loses, in `events`. `flat`: streamId, JSON.
local function addRemoved(events, flat, reason)
  for i = 1, #flat, 2 do
    local stream = cjson.decode(flat[i + 1])
    events[#events + 1] = {
      type = 'stream.removed', streamId = flat[i], userId = stream.user, reason = reason,
      -- A stream of an application server has none.
      sessionId = stream.session ~= '' and stream.session or nil,
    }
  end
end
