-- What giving back comes to when nobody of this token holds, or the lock is to stay taken for a while.
-- The marker is no token: a late renewal or a repeated acquire of the holder that left cannot match it.
local function keep_taken(keys, hold_ms)
  local first = (tonumber(redis.call('GET', keys.fence)) or FENCE_BLOCK - 1) - FENCE_BLOCK + 1
  -- DEL first: Redis allows it when out of memory, and then the SET behind it too.
  redis.call('DEL', keys.lock)
  redis.call('SET', keys.lock, string.format('held:%.0f', first), 'PX', hold_ms)
  local head = first_in(keys.queue, 1)[1]
  if head then publish_to(head, 'held', string.format(' 0 %.0f ', hold_ms), keys.lock) end
end

local function give_back(keys, token, hold_ms, held_by)
  if held_by == token then
    keep_taken(keys, hold_ms)
    return 1
  end
  leave_queue(keys.queue, token)
  if not held_by then hand_off(keys, '') end
  return 0
end
