#!lua flags=allow-oom
-- Notes that a gateway is there, and tells how many there are.
-- KEYS: the epoch, the gateways, what they know. ARGV: the epoch; the gateway; Redis's time when this was sent, as far as it could
-- tell, and how old that may be; after how long a gateway is absent, and forgotten (all in us).
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local epoch = redis.call('HMGET', KEYS[1], 'id', 'born', 'heard', 'expected', 'complete')
if epoch[1] ~= ARGV[1] then
  return { 0, now }
end
local absent, forgotten = tonumber(ARGV[5]), tonumber(ARGV[6])
if now - epoch[3] > absent then
  -- Redis stood still, or nobody could reach it: everybody's absence begins now.
  for _, gateway in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    redis.call('ZADD', KEYS[2], now - absent, gateway)
  end
end
redis.call('HSET', KEYS[1], 'heard', now)
-- What has waited for long was sent by somebody who may have given up since.
if now - ARGV[3] <= tonumber(ARGV[4]) then
  redis.call('ZADD', KEYS[2], now, ARGV[2])
end
for _, gateway in ipairs(redis.call('ZRANGE', KEYS[2], '-inf', now - forgotten, 'BYSCORE')) do
  redis.call('ZREM', KEYS[2], gateway)
  redis.call('HDEL', KEYS[3], gateway)
end
local known = redis.call('ZCARD', KEYS[2])
if not epoch[5] then
  local expected = tonumber(epoch[4])
  if redis.call('ZCOUNT', KEYS[2], now - absent + 1, '+inf') >= expected then
    redis.call('HSET', KEYS[1], 'complete', 1)
  elseif now - epoch[2] < forgotten then
    known = math.max(known, expected)
  end
end
redis.call('HSET', KEYS[3], ARGV[2], known)
return { known, now }
