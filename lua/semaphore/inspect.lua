--- Tells who has permits of a semaphore, and how many stand in line. Changes nothing.
-- @key permits ZSET who has permits, by the server's millisecond at which the lease ends
-- @key holds HASH of each token that has permits its fence and how many; in "+" how many all have beyond one each, in "=" how many there are, as the last caller knew it
-- @key fence STRING last fence issued
-- @key queue ZSET who stands in line: tokens have the scores above 1e14
-- @key size STRING how many permits there are, where somebody said so for all
-- @arg many how many holders to tell of
-- @reply {size, waiting, lastFence, holders, more, token, remainingMs, fence and permits, …} size is 0 where the callers say it; more is what all have beyond one each
local permits, holds, fence, queue, size = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local many = tonumber(ARGV[1])
-- @include lib/time
local now_ms = math.floor(server_micros() / 1000)
local after = '(' .. string.format('%.0f', now_ms)
local reply = {
  tonumber(redis.call('GET', size)) or 0,
  redis.call('ZCOUNT', queue, '1e14', '+inf'),
  tonumber(redis.call('GET', fence)) or 0,
  redis.call('ZCOUNT', permits, after, '+inf'),
  tonumber(redis.call('HGET', holds, '+')) or 0,
}
local live = redis.call('ZRANGE', permits, after, '+inf', 'BYSCORE', 'LIMIT', 0, many, 'WITHSCORES')
for at = 1, #live, 2 do
  reply[#reply + 1] = live[at]
  reply[#reply + 1] = tonumber(live[at + 1]) - now_ms
  reply[#reply + 1] = redis.call('HGET', holds, live[at]) or ''
end
return reply
