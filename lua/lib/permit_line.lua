-- Gives free permits to those in line, in their order, for as long as there are enough for the next one: whoever wants many
-- is not passed by those who want few. How many a waiter wants is in "%token", where that is not one.

local function leave_line(queue, token)
  redis.call('ZREM', queue, '%' .. token)
  leave_queue(queue, token)
end

local function wanted_by(queue, token)
  return tonumber(redis.call('ZSCORE', queue, '%' .. token)) or 1
end

-- A grant that nobody heard is taken back: a deaf process keeps its place, for it may be reconnecting.
local function give_by_push(keys, token, lasts_ms, permits)
  local fence = give(keys, token, lasts_ms, permits)
  local heard = publish_to(token, 'granted', string.format(' %.0f %.0f ', fence, lasts_ms), keys.permits)
  if heard then leave_line(keys.queue, token) else take_back(keys, token) end
  return heard
end

-- How many of `permits` this waiter makes use of; nothing when it is dead.
local function offer(keys, token, permits)
  local left_ms, lasts_ms = heartbeat_of(keys.queue, token)
  if left_ms <= 0 then leave_line(keys.queue, token) return 0 end
  if lasts_ms == 0 then return publish_to(token, 'wake', ' 0 0 ', keys.permits) and permits or 0 end
  return give_by_push(keys, token, lasts_ms, permits) and permits or 0
end

-- How many are left for `me`, who stands in line or behind it; none when those in front of it wait for more than there are.
local function serve_line(keys, free, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me then return free end
    local permits, left_ms = wanted_by(keys.queue, token), heartbeat_of(keys.queue, token)
    if permits > free and left_ms > 0 then return 0 end
    free = free - offer(keys, token, permits)
  end
  return free
end
