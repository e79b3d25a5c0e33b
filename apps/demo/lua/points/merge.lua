-- Moves all points of one account to another, and whatever it is given from now on: {1, moved}; {0, 0} they are one already.
local balances, merged = KEYS[1], KEYS[2]
local from, into, kept_ms = ARGV[1], ARGV[2], ARGV[3]
for _ = 1, 16 do from = redis.call('HGET', merged, from) or from end
for _ = 1, 16 do into = redis.call('HGET', merged, into) or into end
if from == into then return { 0, 0 } end
local points = tonumber(redis.call('HGET', balances, from) or 0)
redis.call('HSET', merged, from, into)
redis.call('HDEL', balances, from)
redis.call('HINCRBY', balances, into, points)
redis.call('PEXPIRE', merged, kept_ms)
redis.call('PEXPIRE', balances, kept_ms)
return { 1, points }
