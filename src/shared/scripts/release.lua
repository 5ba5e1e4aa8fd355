#!lua flags=allow-oom
-- Gives a lease up, and tells those who wait. KEYS: the lease, the channel. ARGV: the gateway; the message.
if redis.call('HGET', KEYS[1], 'gateway') == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('PUBLISH', KEYS[2], ARGV[2])
end
return 1
