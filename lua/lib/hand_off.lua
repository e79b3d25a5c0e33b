-- Gives a free lock to the first live waiter, or only wakes it when it asked for hints. Returns that waiter's token,
-- false when nobody in line could have it, nil when nobody stands there. A heartbeat that ran out means dead; a deaf
-- process is passed over but keeps its place, for it may be reconnecting. `me` learns of its turn from the reply.
local HEADS_LOOKED_AT, PROCESS_ID_LENGTH, FIRST_GRANT_MS = 64, 22, 2000

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
end

-- An error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, channel_prefix, message)
  local heard = redis.pcall('PUBLISH', channel_prefix .. process_of(token), message)
  return type(heard) ~= 'number' or heard > 0
end

-- NX although nobody holds it: MGET does not see a key of another type, and the GET then names the trouble.
local function take(lock, token, lasts_ms)
  if not redis.call('SET', lock, token, 'NX', 'PX', lasts_ms) then redis.call('GET', lock) end
end

local function leave_queue(keys, token)
  redis.call('ZREM', keys.queue, token)
  redis.call('HDEL', keys.waiters, token)
end

-- A grant that nobody heard is taken back, its fences too: nobody can have used them.
local function grant_to(keys, token, lasts_ms, channel_prefix, micros)
  local last_issued = redis.call('GET', keys.fence)
  take(keys.lock, token, lasts_ms)
  local fence = issue_fence(keys.fence, next_fence(last_issued, micros))
  local numbers = string.format(' %.0f %.0f ', fence, lasts_ms)
  local heard = publish_to(token, channel_prefix, 'granted ' .. token .. numbers .. keys.lock)
  if heard then leave_queue(keys, token) else redis.call('DEL', keys.lock) end
  if not heard then restore_fence(keys.fence, last_issued) end
  return heard
end

-- Whether that waiter has the lock now, or was woken; nothing for a dead one, which it removes.
local function offer(keys, token, channel_prefix, micros)
  local beat = redis.call('HGET', keys.waiters, token) or ''
  local alive_until, grant_ms = string.match(beat, '^(%d+) (%d+)$')
  local left_ms = (tonumber(alive_until) or 0) - math.floor(micros / 1000)
  local lasts_ms = tonumber(grant_ms) or 0
  if left_ms <= 0 then return leave_queue(keys, token) end
  if lasts_ms == 0 then return publish_to(token, channel_prefix, 'wake ' .. token .. ' 0 0 ' .. keys.lock) end
  -- A first grant lasts no longer than the heartbeat: waiters that froze together then cost one heartbeat in all.
  if lasts_ms <= FIRST_GRANT_MS then lasts_ms = math.min(lasts_ms, left_ms) end
  return grant_to(keys, token, lasts_ms, channel_prefix, micros)
end

local function hand_off(keys, me, channel_prefix)
  local heads = redis.call('ZRANGE', keys.queue, 0, HEADS_LOOKED_AT - 1)
  if #heads == 0 then return nil end
  local micros = server_micros()
  for _, token in ipairs(heads) do
    if token == me or offer(keys, token, channel_prefix, micros) then return token end
  end
  return false
end
