--- Takes back what announce published, when the process leaves in good order.
-- @key cards HASH host, pid, replica name and what else there is to know about a process, as JSON, by its id
-- @key heard ZSET process ids, by the millisecond in which they were heard of last
-- @arg process its id
-- @reply {removed} 1, or 0 when it was gone
local cards, heard = KEYS[1], KEYS[2]
local process = ARGV[1]
redis.call('ZREM', heard, process)
return { redis.call('HDEL', cards, process) }
