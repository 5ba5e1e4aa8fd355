#!lua flags=allow-oom
-- Forgets a gateway that makes no more calls. KEYS: the gateways, what they know. ARGV: the gateway.
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
