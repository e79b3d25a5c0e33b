--- Says that a process is there and who it is, and forgets those that were not heard of for long.
-- @key cards HASH host, pid, replica name and what else there is to know about a process, as JSON, by its id
-- @key heard ZSET process ids, by the millisecond in which they were heard of last
-- @arg process its id
-- @arg details the JSON text
-- @arg keptMs how long it is remembered when it is not heard of again
-- @reply {1} published
local cards, heard = KEYS[1], KEYS[2]
local process, details, kept_ms = ARGV[1], ARGV[2], ARGV[3]
-- @include lib/time
local FORGOTTEN_AT_ONCE = 64
local now_ms = math.floor(server_micros() / 1000)
redis.call('HSET', cards, process, details)
redis.call('ZADD', heard, string.format('%.0f', now_ms), process)
local silent_since = string.format('%.0f', now_ms - kept_ms)
for _, gone in ipairs(redis.call('ZRANGE', heard, '-inf', silent_since, 'BYSCORE', 'LIMIT', 0, FORGOTTEN_AT_ONCE)) do
  redis.call('ZREM', heard, gone)
  redis.call('HDEL', cards, gone)
end
redis.call('PEXPIRE', cards, kept_ms)
redis.call('PEXPIRE', heard, kept_ms)
return { 1 }
