#!lua flags=allow-oom
-- Takes a caller's key for one gateway, for as long as it is there.
-- KEYS: the receipt, the gateways. ARGV: the gateway; what the wish looks like; a nonce for a new one; for how long it is
-- remembered (ms); how long the gateway that has it is not heard at most (us).
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local receipt = redis.call('HMGET', KEYS[1], 'fingerprint', 'nonce', 'state', 'holder', 'body')
if not receipt[1] then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[2], 'nonce', ARGV[3], 'state', 'unsure', 'holder', ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return { 'open', ARGV[3] }
end
if receipt[1] ~= ARGV[2] then
  return { 'other' }
elseif receipt[3] == 'done' then
  return { 'done', receipt[5] }
end
local heard = receipt[4] and redis.call('ZSCORE', KEYS[2], receipt[4])
if heard and receipt[4] ~= ARGV[1] and now - heard < tonumber(ARGV[5]) then
  return { 'busy' }
end
-- Should the gateway be gone before it says what came of it, that is not known.
redis.call('HSET', KEYS[1], 'state', 'unsure', 'holder', ARGV[1])
return { receipt[3], receipt[2] }
