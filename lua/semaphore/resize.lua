--- Says for all how many permits a semaphore has, or that its users say so again, and gives what is free then to those who wait.
-- @key permits ZSET who has permits, by the server's millisecond at which the lease ends
-- @key holds HASH of each token that has permits its fence and how many; in "+" how many all have beyond one each, in "=" how many there are, as the last caller knew it
-- @key fence STRING last fence issued; kept a day
-- @key queue ZSET who stands in line
-- @key size STRING how many permits there are for all; kept for keptMs
-- @arg most how many from now on; 0 to leave it to the callers
-- @arg keptMs how long that is remembered
-- @reply {1} from now on
local permits, holds, fence, queue, size = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local most, kept_ms = tonumber(ARGV[1]), ARGV[2]
-- @include lib/process
-- @include lib/time
-- @include lib/fence
-- @include lib/queue
-- @include lib/push
-- @include lib/permits
-- @include lib/permit_line
if most == 0 then
  redis.call('DEL', size)
  return { 1 }
end
redis.call('SET', size, most, 'PX', kept_ms)
local keys = { permits = permits, holds = holds, fence = fence, queue = queue, size = size }
if redis.call('EXISTS', queue) == 1 then serve_line(keys, free_of(keys, most), '') end
return { 1 }
