-- What came of something begins with the fence of the lease under which it was done: the first of its block, whose last
-- one is what the counter says until somebody else is granted the lock.
local function last_fence_of(told)
  return (tonumber(string.match(told, '^{"fence":(%d+)')) or 0) + FENCE_BLOCK - 1
end
