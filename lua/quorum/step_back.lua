--- Takes a bid back that did not win, and puts who made it at the end of the line.
-- @key lock STRING token of the holder
-- @key fence STRING last fence issued
-- @key queue ZSET who stands in line, and until when
-- @arg token proof of the acquisition
-- @arg first the first fence that the bid was given: none of a later bid of this token, nor of one that won since
-- @arg queueing 1 to stand in line again
-- @arg wake 1 to tell the first in line; 0 when another has the majority, so that nobody can win
-- @reply {1} taken back; {0} there is no such bid any more
local lock, fence, queue = KEYS[1], KEYS[2], KEYS[3]
local token, first, queueing, wake = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
-- @include lib/process
-- @include lib/time
-- @include lib/fence
-- @include lib/queue
-- @include lib/join
-- @include lib/push
-- @include lib/hand_off
if redis.call('GET', lock) ~= token then return { 0 } end
if tonumber(redis.call('GET', fence)) ~= first + FENCE_BLOCK - 1 then return { 0 } end
redis.call('DEL', lock)
if queueing == '1' then join_queue(queue, token, 0, '') end
if wake == '1' then hand_off({ lock = lock, fence = fence, queue = queue }, '') end
return { 1 }
