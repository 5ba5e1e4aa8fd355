#!lua flags=allow-oom
-- Finds the epoch, or begins one: the time since when Redis has forgotten nothing.
-- KEYS: the epoch, the gateways, what they know. ARGV: which process Redis is; a name for a new epoch; how many gateways there
-- are, as far as the one knows that comes.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local epoch = redis.call('HMGET', KEYS[1], 'id', 'run', 'complete', 'expected')
if not epoch[1] or epoch[2] ~= ARGV[1] then
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
  redis.call('HSET', KEYS[1], 'id', ARGV[2], 'run', ARGV[1], 'born', now, 'heard', now, 'expected', ARGV[3])
  epoch[1] = ARGV[2]
elseif not epoch[3] and tonumber(ARGV[3]) > tonumber(epoch[4]) then
  redis.call('HSET', KEYS[1], 'expected', ARGV[3])
end
return { epoch[1], now }
