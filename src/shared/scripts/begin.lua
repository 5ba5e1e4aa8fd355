#!lua flags=allow-oom
-- Gives the right to make one call, if there is one now.
--
-- The calls are kept by when they reached the upstream: those under way by when they will have at the latest. Among them is a
-- marker that never leaves: where it is missing, calls may be, too.
--
-- KEYS: the epoch, the gateways, what they know, the calls, the book of their limit.
-- ARGV: the epoch; what the marker is called, and whether it must be there; the call; the rate's calls and window; how long the
-- call may take; 'live' or 'batch'; whether the gateway's own share allows it; after how long a gateway is absent, and forgotten.
local ROW, PAUSE = 9, 20000
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local epoch = redis.call('HMGET', KEYS[1], 'id', 'born', 'expected', 'complete')
if epoch[1] ~= ARGV[1] then
  return {}
end
if not redis.call('ZSCORE', KEYS[4], ARGV[2]) then
  if ARGV[3] == '1' then
    redis.call('DEL', KEYS[1])
    return {}
  end
  redis.call('DEL', KEYS[4])
  redis.call('ZADD', KEYS[4], 'inf', ARGV[2])
end
local priority, absent, forgotten = ARGV[8], tonumber(ARGV[10]), tonumber(ARGV[11])
local other = priority == 'live' and 'batch' or 'live'
local book = redis.call('HMGET', KEYS[5], 'limit ' .. ARGV[5] .. ' ' .. ARGV[6], 'paused', 'longest', 'row', other)
local calls, window = string.match(book[1] or '', '(%d+) (%d+)')
calls, window = tonumber(calls or ARGV[5]), tonumber(window or ARGV[6])
local counts = window + math.min(window / 100, 25000)

-- Those with another rate may count for longer.
local longest = math.max(counts, tonumber(book[3] or 0))
if longest > tonumber(book[3] or 0) then
  redis.call('HSET', KEYS[5], 'longest', longest)
end
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now - longest)
local used = redis.call('ZCOUNT', KEYS[4], '(' .. string.format('%.0f', now - counts), '(inf')

-- Whoever is absent makes calls by its share, of what it knew last.
local room = calls - used
for _, gateway in ipairs(redis.call('ZRANGE', KEYS[2], '-inf', now - absent, 'BYSCORE')) do
  room = room - math.floor(calls / math.max(tonumber(redis.call('HGET', KEYS[3], gateway) or 1), 1))
end
local whole = epoch[4]
if not whole then
  local expected, known = tonumber(epoch[3]), redis.call('ZCARD', KEYS[2])
  if expected > known and now - epoch[2] < forgotten then
    room = room - (expected - known) * math.floor(calls / expected)
  end
  -- By then, whatever was begun before this epoch counts no more.
  whole = now - epoch[2] > counts + ARGV[7]
end

local wait = 0
if book[2] and tonumber(book[2]) > now then
  wait = book[2] - now
elseif not whole then
  wait = ARGV[9] == '1' and 0 or 100000
elseif room <= 0 then
  -- So many have to leave; of those that are under way, none does before about a window.
  local leaving = math.min(1 - room, used)
  wait = counts
  if leaving > 0 and leaving <= redis.call('ZCOUNT', KEYS[4], '(' .. string.format('%.0f', now - counts), now) then
    local first = redis.call('ZRANGE', KEYS[4], '(' .. string.format('%.0f', now - counts), '+inf', 'BYSCORE', 'LIMIT', leaving - 1, 1, 'WITHSCORES')
    wait = first[2] + counts - now
  end
elseif book[5] and tonumber(book[5]) > now then
  -- Others wait: a batch leaves nine turns of ten to them, and live ones the tenth to a batch.
  local row = tonumber(book[4] or 0)
  if (priority == 'live') == (row >= ROW) then
    wait = PAUSE
  end
end
if wait > 0 then
  wait = math.max(math.ceil(wait), 1000)
  redis.call('HSET', KEYS[5], priority, now + math.min(wait, 500000) + PAUSE)
  return { 0, wait, whole and 1 or 0, calls, window, used }
end
local waits = book[5] and tonumber(book[5]) > now
redis.call('HSET', KEYS[5], 'row', (priority == 'live' and waits) and tonumber(book[4] or 0) + 1 or 0)
redis.call('ZADD', KEYS[4], now + ARGV[7], ARGV[4])
return { 1, 0, whole and 1 or 0, calls, window, used + 1 }
