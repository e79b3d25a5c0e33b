--- Ends a reader's lease, or its place in the line; behind the last reader the lock goes to the next in line.
-- @key lock STRING token of the holder, or "readers" while some read
-- @key fence STRING last fence issued; kept a day
-- @key queue ZSET who stands in line, readers and writers
-- @key readers ZSET who reads, by the server's millisecond at which the lease ends
-- @arg token proof of the acquisition
-- @reply {1} given back; {0} this token did not read
local lock, fence, queue, readers = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token = ARGV[1]
-- @include lib/process
-- @include lib/time
-- @include lib/fence
-- @include lib/queue
-- @include lib/push
-- @include lib/hand_off
-- @include lib/readers
local keys = { lock = lock, fence = fence, queue = queue, readers = readers }
local was_there = redis.call('ZREM', readers, token)
if was_there == 0 then leave_queue(queue, token) end
local held_by = holder_of(keys)
if not held_by then
  hand_off(keys, '')
elseif held_by == READERS and was_there == 0 then
  wake_reader(keys)
end
return { was_there }
