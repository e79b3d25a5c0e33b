--- Puts a token where it is missing, although a majority of the servers has just renewed it: nobody else can hold.
-- @key lock STRING token of the holder; expires with the lease
-- @arg token proof of the acquisition
-- @arg ttlMs how long the lock lasts from now
-- @reply {1} it is there now; {0} another token is, which will not win
local lock = KEYS[1]
local token, ttl_ms = ARGV[1], ARGV[2]
return { redis.call('SET', lock, token, 'NX', 'PX', ttl_ms) and 1 or 0 }
