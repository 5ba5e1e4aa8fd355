#!lua flags=allow-oom
-- Takes note of how a call ended, and of what its answer says of the limit.
-- KEYS: the epoch, the calls, the book of their limit.
-- ARGV: the epoch; the call, or ''; how long ago it reached the upstream, or '' if it never did; the rate's calls and window; for
-- how long none is let through; how many calls the upstream has counted, or '', and how long it does so; what was learned: calls and
-- window before and after, or nothing. (All in us.)
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return 0
end
if ARGV[3] ~= '' then
  redis.call('ZADD', KEYS[2], 'XX', now - ARGV[3], ARGV[2])
else
  redis.call('ZREM', KEYS[2], ARGV[2])
end
local field = 'limit ' .. ARGV[4] .. ' ' .. ARGV[5]
local calls, window = string.match(redis.call('HGET', KEYS[3], field) or '', '(%d+) (%d+)')
calls, window = tonumber(calls or ARGV[4]), tonumber(window or ARGV[5])
local paused = tonumber(redis.call('HGET', KEYS[3], 'paused') or 0)
if now + ARGV[6] > paused and tonumber(ARGV[6]) > 0 then
  redis.call('HSET', KEYS[3], 'paused', now + ARGV[6])
end
if ARGV[9] then
  local before, after = { tonumber(ARGV[9]), tonumber(ARGV[10]) }, { tonumber(ARGV[11]), tonumber(ARGV[12]) }
  -- Where another one has learned something meanwhile, only what allows less is believed.
  if after[1] < calls or calls == before[1] then
    calls = after[1]
  end
  if after[2] > window or window == before[2] then
    window = after[2]
  end
  redis.call('HSET', KEYS[3], field, string.format('%.0f %.0f', calls, window))
end
if ARGV[7] ~= '' and tonumber(ARGV[8]) > 0 then
  local counts = window + math.min(window / 100, 25000)
  local used = redis.call('ZCOUNT', KEYS[2], '(' .. string.format('%.0f', now - counts), '(inf')
  -- Calls of strangers count as if they had come when the upstream's window began.
  for i = 1, math.min(ARGV[7] - used, calls) do
    redis.call('ZADD', KEYS[2], now + ARGV[8] - counts, string.format('stranger:%.0f:%d', now, i))
  end
end
return 1
