--- Gives the permits of a token back, or its place in the line, and what is free then to those who wait.
-- @key permits ZSET who has permits, by the server's millisecond at which the lease ends
-- @key holds HASH of each token that has permits its fence and how many; in "+" how many all have beyond one each, in "=" how many there are, as the last caller knew it
-- @key fence STRING last fence issued; kept a day
-- @key queue ZSET who stands in line
-- @key size STRING how many permits there are, where somebody said so for all
-- @arg token proof of the acquisition
-- @reply {1} given back; {0} this token had none
local permits, holds, fence, queue, size = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local token = ARGV[1]
-- @include lib/process
-- @include lib/time
-- @include lib/fence
-- @include lib/queue
-- @include lib/push
-- @include lib/permits
-- @include lib/permit_line
local keys = { permits = permits, holds = holds, fence = fence, queue = queue, size = size }
local given = take_back(keys, token)
if not given then leave_line(queue, token) end
if redis.call('EXISTS', queue) == 1 then
  serve_line(keys, free_of(keys), '')
elseif redis.call('EXISTS', permits) == 0 then
  redis.call('DEL', holds)
end
return { given and 1 or 0 }
