#!lua flags=allow-oom
-- Takes note of the calls that a gateway has made without asking here, or has asked another Redis for.
-- KEYS: the epoch, the calls. ARGV: the epoch; what the marker is called; the number, and how long ago it reached the upstream (us),
-- of each.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return 0
end
if not redis.call('ZSCORE', KEYS[2], ARGV[2]) then
  redis.call('DEL', KEYS[2])
  redis.call('ZADD', KEYS[2], 'inf', ARGV[2])
end
for i = 3, #ARGV, 2 do
  redis.call('ZADD', KEYS[2], now - ARGV[i + 1], ARGV[i])
end
return 1
