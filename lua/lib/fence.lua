-- Fences come in blocks of 16. A new block starts above everything issued before and not below the server's clock,
-- so that numbers grow also after the counter expired, was flushed, or stayed behind on a dead primary.
local FENCE_BLOCK, FENCE_KEPT_MS = 16, 86400000

local function next_fence(last_issued, micros)
  return math.max((tonumber(last_issued) or 0) + 1, micros)
end

local function issue_fence(fence_key, first)
  redis.call('SET', fence_key, string.format('%.0f', first + FENCE_BLOCK - 1), 'PX', FENCE_KEPT_MS)
  return first
end

local function restore_fence(fence_key, last_issued)
  if last_issued then redis.call('SET', fence_key, last_issued, 'PX', FENCE_KEPT_MS) else redis.call('DEL', fence_key) end
end
