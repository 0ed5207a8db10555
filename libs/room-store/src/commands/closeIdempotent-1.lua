--[==[
  Stores the answer to the request that took an Idempotency-Key, or gives the key back.

  KEYS[1] key (hash { request, holder, leaseMs, answer? })
  ARGV    holder, answer ('' = there is none: the key may be used again)

  Output  1 done · 0 another attempt has taken the key meanwhile
]==]
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'answer', ARGV[2])
end
return 1
