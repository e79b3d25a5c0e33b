--- Reads which processes there are, the one that was heard of last at the end.
-- @key cards HASH host, pid, replica name and what else there is to know about a process, as JSON, by its id
-- @key heard ZSET process ids, by the millisecond in which they were heard of last
-- @arg most how many at most; those that were heard of last
-- @reply {process, silentMs, details, …} each of them, and how long ago it was heard of
local cards, heard = KEYS[1], KEYS[2]
local most = tonumber(ARGV[1])
-- @include lib/time
local now_ms, told = math.floor(server_micros() / 1000), {}
local there = redis.call('ZRANGE', heard, -most, -1, 'WITHSCORES')
for at = 1, #there, 2 do
  told[#told + 1] = there[at]
  told[#told + 1] = math.max(now_ms - there[at + 1], 0)
  told[#told + 1] = redis.call('HGET', cards, there[at]) or '{}'
end
return told
