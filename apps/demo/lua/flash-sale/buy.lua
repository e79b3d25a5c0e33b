-- Sells one to a buyer who has none yet: {1, left} sold, {0, left} sold out, {2, left} this one has one already.
local stock, buyers = KEYS[1], KEYS[2]
local buyer, opening, kept_ms = ARGV[1], tonumber(ARGV[2]), ARGV[3]
-- What is missing is false, and not nil.
local left = tonumber(redis.call('GET', stock) or opening)
if redis.call('SISMEMBER', buyers, buyer) == 1 then return { 2, left } end
if left < 1 then return { 0, left } end
redis.call('SET', stock, left - 1, 'PX', kept_ms)
redis.call('SADD', buyers, buyer)
redis.call('PEXPIRE', buyers, kept_ms)
return { 1, left - 1 }
