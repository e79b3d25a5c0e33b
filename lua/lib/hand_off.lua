-- Gives a free lock to the first live waiter, or only wakes it when it asked for hints. Returns that waiter's token,
-- nothing when nobody in line could have it. A heartbeat that ran out means dead; a deaf process is passed over but
-- keeps its place, for it may be reconnecting. `me` learns of its turn from the reply.

-- The fence first: when its key is of another type, that is an error and leaves no lock behind.
local function take(keys, token, lasts_ms)
  local fence, last_issued = issue_fence(keys.fence)
  redis.call('SET', keys.lock, token, 'PX', lasts_ms)
  return fence, last_issued
end

local function restore_fence(fence_key, last_issued)
  if last_issued then redis.call('SET', fence_key, last_issued, 'PX', FENCE_KEPT_MS) else redis.call('DEL', fence_key) end
end

-- A grant that nobody heard is taken back, its fences too: nobody can have used them.
local function grant_to(keys, token, lasts_ms)
  local fence, last_issued = take(keys, token, lasts_ms)
  local heard = publish_to(token, 'granted', string.format(' %.0f %.0f ', fence, lasts_ms), keys.lock)
  if heard then leave_queue(keys.queue, token) else redis.call('DEL', keys.lock) end
  if not heard then restore_fence(keys.fence, last_issued) end
  return heard
end

-- Whether that waiter has the lock now, or was woken; nothing for a dead one, which it removes.
local function offer(keys, token)
  local left_ms, lasts_ms = heartbeat_of(keys.queue, token)
  if left_ms <= 0 then return leave_queue(keys.queue, token) end
  if lasts_ms == 0 then return publish_to(token, 'wake', ' 0 0 ', keys.lock) end
  return grant_to(keys, token, lasts_ms)
end

local function hand_off(keys, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me or offer(keys, token) then return token end
  end
end
