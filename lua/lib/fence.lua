-- Fences come in blocks of 16. A new block starts above everything issued before and not below the server's clock,
-- so that numbers grow also after the counter expired, was flushed, or stayed behind on a dead primary.
local FENCE_BLOCK, FENCE_KEPT_MS = 16, 86400000
-- A script may mint twice: for a waiter that turned out deaf, then for the next. The second block is above the first.
local minted = 0

local function mint_fence(fence_key, last_issued, micros)
  local first = math.max((tonumber(last_issued) or 0) + 1, minted + 1, micros)
  minted = first + FENCE_BLOCK - 1
  redis.call('SET', fence_key, string.format('%.0f', minted), 'PX', FENCE_KEPT_MS)
  return first
end
