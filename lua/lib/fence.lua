-- Fences come in blocks of 16. A new block starts above everything issued before and not below the server's clock,
-- so that numbers grow also after the counter expired, was flushed, or stayed behind on a dead primary.
local FENCE_BLOCK, FENCE_KEPT_MS = 16, '86400000'

-- The first fence of a new block, and what the counter said before. As a rule the clock is ahead of the counter, so the
-- block is written first; GET, not MGET, for a counter of another type is to be an error and not to be overwritten.
local function issue_fence(fence_key)
  local first = server_micros()
  local last_issued = redis.call('SET', fence_key, first + FENCE_BLOCK - 1, 'PX', FENCE_KEPT_MS, 'GET')
  if (tonumber(last_issued) or 0) >= first then
    first = tonumber(last_issued) + 1
    redis.call('SET', fence_key, first + FENCE_BLOCK - 1, 'PX', FENCE_KEPT_MS)
  end
  return first, last_issued
end
