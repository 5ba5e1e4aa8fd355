#!lua flags=allow-oom
-- Forgets a page, or all of an account, for those too that have asked for it already.
-- KEYS: the page or the account's mark, the channel. ARGV: how long that is remembered (ms); the message; whether it is the mark.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('DEL', KEYS[1])
if ARGV[3] == '1' then
  redis.call('SET', KEYS[1], now)
else
  redis.call('HSET', KEYS[1], 'dropped', now)
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
redis.call('PUBLISH', KEYS[2], ARGV[2])
return 1
