--[==[
  Takes an Idempotency-Key for one request, or finds the answer to an earlier one.

  KEYS[1] key (hash { request, holder, leaseMs, answer? })
  ARGV    request (hash of the request), holder (ID of this attempt), leaseMs (how long an attempt without an answer
          keeps others out), keepMs

  Output  { 'new' } taken · { 'reused' } it belongs to another request · { 'pending' } another attempt has no answer yet
          · { 'answered', answer }
]==]
local time = redis.call('TIME')
local nowMs = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local known = redis.call('HMGET', KEYS[1], 'request', 'answer', 'leaseMs')
if known[1] and known[1] ~= ARGV[1] then return { 'reused' } end
if known[2] then return { 'answered', known[2] } end
if known[3] and tonumber(known[3]) > nowMs then return { 'pending' } end
redis.call('HSET', KEYS[1], 'request', ARGV[1], 'holder', ARGV[2], 'leaseMs', string.format('%.0f', nowMs + tonumber(ARGV[3])))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { 'new' }
