--- Forgets which parts are done.
-- @key arrived ZSET parts that are done
-- @reply {1} forgotten; {0} none was
local arrived = KEYS[1]
return { redis.call('DEL', arrived) }
