#!lua flags=allow-oom
-- Remembers a text; an empty one is forgotten. KEYS: its name. ARGV: the text; for how long it is remembered (ms).
if ARGV[1] == '' then
  return redis.call('DEL', KEYS[1])
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
