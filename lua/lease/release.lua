--- Gives the lock back and hands it to the next in line; for a token that only waits, leaves the line.
-- @key lock STRING token of the holder
-- @key fence STRING last fence issued
-- @key queue ZSET tokens in line
-- @key waiters HASH token to "aliveUntilMs grantMs"
-- @arg token proof of the acquisition that ends
-- @arg holdMs how long the lock must stay taken although its holder is done; 0 to free it now
-- @arg channelPrefix in front of the process id: where a waiter's process listens
-- @reply {1} released; {0} this token does not hold the lock
local lock, fence, queue, waiters = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, hold_ms, channel_prefix = ARGV[1], tonumber(ARGV[2]), ARGV[3]
-- @include lib/time
-- @include lib/fence
-- @include lib/hand_off
local keys = { lock = lock, fence = fence, queue = queue, waiters = waiters }

-- The marker is no token: a late renewal or a repeated acquire of the holder that left cannot match it.
local function keep_taken()
  local first = (tonumber(redis.call('GET', fence)) or FENCE_BLOCK - 1) - FENCE_BLOCK + 1
  -- DEL first: Redis allows it when out of memory, and then the SET behind it too.
  redis.call('DEL', lock)
  redis.call('SET', lock, string.format('held:%.0f', first), 'PX', hold_ms)
  local head = redis.call('ZRANGE', queue, 0, 0)[1]
  if head then publish_to(head, channel_prefix, 'held ' .. head .. string.format(' 0 %.0f ', hold_ms) .. lock) end
end

local held_by = redis.call('GET', lock)
if held_by == token then
  if hold_ms > 0 then
    keep_taken()
    return { 1 }
  end
  redis.call('DEL', lock)
  hand_off(keys, '', channel_prefix)
  return { 1 }
end
leave_queue(keys, token)
if not held_by then hand_off(keys, '', channel_prefix) end
return { 0 }
