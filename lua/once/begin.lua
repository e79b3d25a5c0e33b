--- Takes the lock of something that is done once, unless what came of it is known; who cannot have it joins the line when asked.
-- @key lock STRING token of who does it; expires with the lease
-- @key fence STRING last fence issued; kept a day
-- @key queue ZSET who waits for it: the token by first arrival in server microseconds, "!token" by aliveUntilMs, "?token" by 0
-- @key outcome STRING the fence of the run and what came of it, as JSON; kept as long as it is to be remembered
-- @arg token proof of the acquisition, the same in every attempt; empty when it was given up
-- @arg ttlMs how long the lock lasts from now
-- @arg queueing 1 to join the line, 0 not to
-- @arg since whose outcome counts: from the one on that had this fence; 0 anybody's, -1 nobody's
-- @reply {fence} granted; {0, remainingMs, holder, lastFence, position, joined} somebody does it; and behind these what came of it, when that is known
local lock, fence, queue, outcome = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, ttl_ms, queueing, since = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
-- @include lib/process
-- @include lib/time
-- @include lib/fence
-- @include lib/queue
-- @include lib/join
-- @include lib/push
-- @include lib/hand_off
-- @include lib/ask
-- @include lib/outcome
local keys = { lock = lock, fence = fence, queue = queue }
if token == '' then return { 0, 0, '', 0, 0, 0 } end
local told = since >= 0 and redis.call('GET', outcome)
if told and last_fence_of(told) >= since then
  leave_queue(queue, token)
  -- Whoever is next in line wants to know it, too.
  hand_off(keys, '')
  return { 0, 0, '', 0, 0, 0, told }
end
-- Woken and not granted: a waiter has to look first.
local grant_ms = queueing == '1' and '0' or '-1'
local code, facts = ask(keys, token, ttl_ms, grant_ms)
return { code, unpack(facts or {}) }
