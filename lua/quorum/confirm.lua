--- Makes votes of bids: where a token still holds, writes down the fences that a majority agreed on, and arms the lock again.
-- @each key lock STRING token of the holder; expires with the lease
-- @each key fence STRING last fence issued; kept a day
-- @each key seat STRING the run of the server in which it took its seat in the quorum, and when, in server milliseconds
-- @each arg token proof of the acquisition
-- @each arg ttlMs how long the lock lasts from now
-- @each arg last the last fence of the block that was agreed on
-- @each arg absentMs for how long a server that lost something has no vote
-- @reply {code, …} one a member: 1 voted; 0 this token does not hold the lock; -1 such fences were issued already; -2 no vote yet; a text is the error of that member alone
local codes = {}
-- @include lib/time
-- @include lib/seat
local FENCE_BLOCK, FENCE_KEPT_MS = 16, '86400000'

local function vote(keys, token, ttl_ms, last, absent_ms)
  -- First, so that a server which came back has its seat from the first question on.
  local age_ms = age_of(keys.seat)
  if redis.call('GET', keys.lock) ~= token then return 0 end
  if (tonumber(redis.call('GET', keys.fence)) or 0) > last - FENCE_BLOCK then return -1 end
  if age_ms < tonumber(absent_ms) then return -2 end
  redis.call('SET', keys.fence, last, 'PX', FENCE_KEPT_MS)
  redis.call('PEXPIRE', keys.lock, ttl_ms)
  return 1
end

for member = 1, #KEYS / 3 do
  local lock, fence, seat = KEYS[3 * member - 2], KEYS[3 * member - 1], KEYS[3 * member]
  local token, ttl_ms, last, absent_ms = ARGV[4 * member - 3], ARGV[4 * member - 2], ARGV[4 * member - 1], ARGV[4 * member]
  local keys = { lock = lock, fence = fence, seat = seat }
  local done, code = pcall(vote, keys, token, ttl_ms, last, absent_ms)
  local trouble = not done and (type(code) == 'table' and code.err or code) -- Redis 7 raises tables, Redis 6 texts.
  -- A server that takes no writes takes none of any member: said of the whole call, so that the client looks elsewhere.
  if trouble and string.find(trouble, 'READONLY', 1, true) then return redis.error_reply(trouble) end
  codes[member] = trouble or code
end
return codes
