-- The best players with their scores, the best one first.
local scores = KEYS[1]
local count = tonumber(ARGV[1])
return redis.call('ZREVRANGE', scores, 0, count - 1, 'WITHSCORES')
