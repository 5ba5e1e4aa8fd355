#!lua flags=allow-oom
-- A page, and who asks the provider for the next one.
-- KEYS: the page, the account's mark, the lease, the gateways. ARGV: the pages' form; the gateway; how urgent it is, or '' if it
-- won't ask; for how long it would (ms); how old a page may be for it, and how long a gateway that asks is not heard at most (us).
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local page = redis.call('HMGET', KEYS[1], 'asked', 'stored', 'form', 'kind', 'body', 'spent', 'fresh')
local answer = { '' }
local age
if page[1] and page[3] == ARGV[1] and tonumber(page[1]) > tonumber(redis.call('GET', KEYS[2]) or 0) then
  age = now - page[2]
  answer = { '', now - page[1], age, page[4], page[5], page[6] }
end
if ARGV[3] == '' or (age and age < math.min(tonumber(ARGV[5]), tonumber(page[7]))) then
  return answer
end
local holder = redis.call('HMGET', KEYS[3], 'gateway', 'urgency')
local heard = holder[1] and redis.call('ZSCORE', KEYS[4], holder[1])
local is_there = heard and now - heard < tonumber(ARGV[6])
local gives_way = holder[2] == 'batch' and ARGV[3] == 'live'
if is_there and holder[1] ~= ARGV[2] and not gives_way then
  answer[1] = 'follow'
else
  redis.call('HSET', KEYS[3], 'gateway', ARGV[2], 'urgency', ARGV[3])
  redis.call('PEXPIRE', KEYS[3], ARGV[4])
  answer[1] = 'lead'
end
return answer
