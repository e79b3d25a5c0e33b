--- Takes the lock if nobody holds it or stands in line for it; else joins the queue when asked, and says who holds.
-- @key lock STRING token of the holder; expires with the lease
-- @key fence STRING last fence issued; kept a day
-- @key queue ZSET tokens in line, by first arrival in server microseconds; kept 5 s beyond the last poll
-- @key waiters HASH token to "aliveUntilMs grantMs"; kept 5 s beyond the last poll
-- @arg token proof of this acquisition; the same in every attempt
-- @arg ttlMs how long the lock lasts from now
-- @arg queueing 1 to join the queue or keep the place in it, 0 only to ask
-- @arg grantMs how long a pushed grant lasts until it is confirmed; 0 to be woken without one
-- @arg channelPrefix in front of the process id: where a waiter's process listens
-- @reply {1, fence} granted; {2, fence} yours already, armed again; {0, remainingMs, holder, lastFence, position, joined} taken
local lock, fence, queue, waiters = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, ttl_ms, queueing, grant_ms, channel_prefix = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
-- @include lib/time
-- @include lib/fence
-- @include lib/hand_off
local HEARTBEAT_MS, QUEUE_KEPT_MS = 2500, 5000
local keys = { lock = lock, fence = fence, queue = queue, waiters = waiters }

local function join_queue(held_by)
  local micros = server_micros()
  local joined = redis.pcall('ZADD', queue, 'NX', string.format('%.0f', micros), token)
  if type(joined) == 'table' then
    -- Out of memory: wait by polling, without a place. Anything else is a fault to report.
    if string.find(joined.err, 'OOM', 1, true) then return 0, 0 end
    return redis.call('ZADD', queue, 'NX', 0, token)
  end
  local alive_until = string.format('%.0f', math.floor(micros / 1000) + HEARTBEAT_MS)
  redis.call('HSET', waiters, token, alive_until .. ' ' .. grant_ms)
  redis.call('PEXPIRE', queue, QUEUE_KEPT_MS)
  redis.call('PEXPIRE', waiters, QUEUE_KEPT_MS)
  local rank = redis.call('ZRANK', queue, token)
  -- A head of the holder's own process dies with the holder: whoever stands behind it must watch the expiry.
  if rank == 1 and process_of(redis.call('ZRANGE', queue, 0, 0)[1]) == process_of(held_by) then rank = 0 end
  return rank + 1, joined
end

local function arm_again(last_fence)
  if redis.call('PTTL', lock) < ttl_ms then redis.call('PEXPIRE', lock, ttl_ms) end
  if last_fence then return tonumber(last_fence) - FENCE_BLOCK + 1 end
  return issue_fence(fence, server_micros())
end

local held_by, last_fence = unpack(redis.call('MGET', lock, fence))
if held_by == token then return { 2, arm_again(last_fence) } end
if not held_by then
  local turn = hand_off(keys, token, channel_prefix)
  if not turn or turn == token then
    take(lock, token, ttl_ms)
    if turn ~= nil then leave_queue(keys, token) end
    return { 1, issue_fence(fence, next_fence(last_fence, server_micros())) }
  end
  held_by, last_fence = unpack(redis.call('MGET', lock, fence))
end
local position, joined = 0, 0
if queueing == '1' then position, joined = join_queue(held_by or '') end
local remaining_ms = math.max(redis.call('PTTL', lock), -1)
return { 0, remaining_ms, held_by or '', tonumber(last_fence) or 0, position, joined }
