-- Ids of changes: those that are reserved, and those that were made for good.

-- How long a reservation lasts yet; nothing when there is none.
local function reserved_ms(keys, id)
  local ends_at = tonumber(redis.call('ZSCORE', keys.reserved, id) or 0)
  return ends_at > now_ms and ends_at - now_ms or nil
end

local function was_settled(keys, id)
  return tonumber(redis.call('ZSCORE', keys.settled, id) or 0) > now_ms
end

local function remember(keys, id, remember_ms)
  redis.call('ZREMRANGEBYSCORE', keys.settled, '-inf', now_ms)
  redis.call('ZADD', keys.settled, now_ms + remember_ms, id)
end
