--- Tells who holds a lock, for how long, and how many processes stand in line. Changes nothing.
-- @key lock STRING token of the holder
-- @key fence STRING last fence issued
-- @key queue ZSET who stands in line: tokens have the scores above 1e14
-- @reply {remainingMs, holder, lastFence, waiting} remainingMs is -2 when nobody holds, -1 when it never expires
local lock, fence, queue = KEYS[1], KEYS[2], KEYS[3]
local held_by, last_fence = redis.call('GET', lock), redis.call('GET', fence)
return { redis.call('PTTL', lock), held_by or '', tonumber(last_fence) or 0, redis.call('ZCOUNT', queue, '1e14', '+inf') }
