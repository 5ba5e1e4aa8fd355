#!lua
-- Keeps a page, unless it is outdated, and tells those who have another one, or wait for it.
-- KEYS: the page, the account's mark, the lease, the channel.
-- ARGV: the gateway; how long ago the provider was asked, and answered (us); for how long it is kept (ms), and fresh (us); the
-- pages' form; the page's kind, body and cost; the message.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local asked, stored = now - ARGV[2], now - ARGV[3]
local before = redis.call('HMGET', KEYS[1], 'asked', 'dropped')
local mark = tonumber(redis.call('GET', KEYS[2]) or 0)
if redis.call('HGET', KEYS[3], 'gateway') == ARGV[1] then
  redis.call('DEL', KEYS[3])
end
if asked > math.max(mark, tonumber(before[1] or 0), tonumber(before[2] or 0)) then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'asked', asked, 'stored', stored, 'fresh', ARGV[5], 'form', ARGV[6], 'kind', ARGV[7], 'body', ARGV[8], 'spent', ARGV[9])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
redis.call('PUBLISH', KEYS[4], ARGV[10])
return 1
