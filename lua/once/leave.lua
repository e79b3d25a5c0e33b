--- Gives back the lock of something that is done once, or the place in the line, with nothing done.
-- @key lock STRING token of who does it
-- @key fence STRING last fence issued; kept a day
-- @key queue ZSET who waits for it
-- @arg token proof of the acquisition
-- @reply {1} given back; {0} this token did not hold it
local lock, fence, queue = KEYS[1], KEYS[2], KEYS[3]
local token = ARGV[1]
-- @include lib/process
-- @include lib/time
-- @include lib/fence
-- @include lib/queue
-- @include lib/push
-- @include lib/hand_off
local held_by = redis.call('GET', lock)
if held_by == token then redis.call('DEL', lock) else leave_queue(queue, token) end
if not held_by or held_by == token then hand_off({ lock = lock, fence = fence, queue = queue }, '') end
return { held_by == token and 1 or 0 }
