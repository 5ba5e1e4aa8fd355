#!lua flags=no-writes
-- A text that is remembered. KEYS: its name.
return redis.call('GET', KEYS[1]) or ''
