#!lua flags=allow-oom
-- Says what has come of a caller's key. KEYS: the receipt. ARGV: the gateway; 'open', 'unsure' or 'done'; the contact.
if redis.call('HGET', KEYS[1], 'holder') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'state', ARGV[2], 'body', ARGV[3])
  redis.call('HDEL', KEYS[1], 'holder')
end
return 1
