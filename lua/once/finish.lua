--- Writes down what came of something that is done once and gives its lock back, unless somebody else has taken over.
-- @key lock STRING token of who does it
-- @key fence STRING last fence issued; kept a day
-- @key queue ZSET who waits for it
-- @key outcome STRING the fence of the run and what came of it, as JSON
-- @arg token proof of who did it
-- @arg told what came of it
-- @arg rememberMs how long that is kept
-- @reply {1} written; {0, outcome} somebody has taken over, and wrote down this; {0} somebody has taken over
local lock, fence, queue, outcome = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, told, remember_ms = ARGV[1], ARGV[2], ARGV[3]
-- @include lib/process
-- @include lib/time
-- @include lib/fence
-- @include lib/queue
-- @include lib/push
-- @include lib/hand_off
-- @include lib/outcome
local held_by = redis.call('GET', lock)
-- A lease that ran out was in time when nobody has been granted the lock since.
local is_last = not held_by and tonumber(redis.call('GET', fence)) == last_fence_of(told)
if held_by == token or is_last then
  -- DEL first: Redis allows it when out of memory, and then the SET behind it too.
  redis.call('DEL', lock)
  redis.call('SET', outcome, told, 'PX', remember_ms)
  hand_off({ lock = lock, fence = fence, queue = queue }, '')
  return { 1 }
end
local theirs = redis.call('GET', outcome)
if theirs == told then return { 1 } end
return theirs and { 0, theirs } or { 0 }
