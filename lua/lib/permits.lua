-- Who has permits of a semaphore: "permits" has each token by the server's millisecond at which its lease ends, "holds" its
-- fence and how many it has; in MORE how many all of them have beyond one each, and in SIZE how many there are as the last
-- caller knew it, for those who do not say it. No token is called so.
local MORE, SIZE, ENDED_AT_ONCE = '+', '=', 256
local now_ms = math.floor(server_micros() / 1000)

-- The fence of a token, and how many permits it has.
local function hold_of(keys, token)
  local fence, permits = string.match(redis.call('HGET', keys.holds, token) or '', '^(%d+) (%d+)$')
  return tonumber(fence), tonumber(permits) or 1
end

-- Whether the token had some. Begins with what is allowed when out of memory.
local function take_back(keys, token)
  if redis.call('ZREM', keys.permits, token) == 0 then return false end
  local _, permits = hold_of(keys, token)
  redis.call('HDEL', keys.holds, token)
  if permits > 1 then redis.call('HINCRBY', keys.holds, MORE, 1 - permits) end
  return true
end

-- A lease that ran out gives its permits back, and no others. `most` is what the caller knows of how many there are. The
-- key ends with the last lease, or somebody deleted it: what is written beside it of tokens is of nobody then.
local function free_of(keys, most)
  local size = tonumber(redis.call('GET', keys.size)) or most or tonumber(redis.call('HGET', keys.holds, SIZE)) or 0
  if redis.call('EXISTS', keys.permits) == 0 then
    redis.call('DEL', keys.holds)
    return size
  end
  local ended = redis.call('ZRANGE', keys.permits, '-inf', string.format('%.0f', now_ms), 'BYSCORE', 'LIMIT', 0, ENDED_AT_ONCE)
  for _, token in ipairs(ended) do take_back(keys, token) end
  return size - redis.call('ZCARD', keys.permits) - (tonumber(redis.call('HGET', keys.holds, MORE)) or 0)
end

-- Entries end by themselves, their keys with the last of them.
local function keep(key, lasts_ms)
  if redis.call('PTTL', key) < lasts_ms then redis.call('PEXPIRE', key, lasts_ms) end
end

-- The fence first: when its key is of another type, that is an error and leaves no permit behind.
local function give(keys, token, lasts_ms, permits)
  local fence = issue_fence(keys.fence)
  redis.call('HSET', keys.holds, token, string.format('%.0f %.0f', fence, permits))
  if permits > 1 then redis.call('HINCRBY', keys.holds, MORE, permits - 1) end
  redis.call('ZADD', keys.permits, string.format('%.0f', now_ms + lasts_ms), token)
  keep(keys.permits, lasts_ms)
  keep(keys.holds, lasts_ms)
  return fence
end
