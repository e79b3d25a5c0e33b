--- Takes a lock for reading, beside others who read; who cannot joins the line when asked.
-- @key lock STRING token of the holder, or "readers" while some read; expires with the last of their leases
-- @key fence STRING last fence issued; kept a day
-- @key queue ZSET who stands in line, readers and writers: tokens have the scores above 1e14
-- @key readers ZSET who reads, by the server's millisecond at which the lease ends
-- @arg token proof of the acquisition, the same in every attempt; empty when it was given up
-- @arg ttlMs how long the lease lasts from now
-- @arg queueing 1 to join the line, 0 not to
-- @reply {fence} granted; {0, remainingMs, holder, lastFence, position, joined} somebody writes, or waits in front
local lock, fence, queue, readers = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, ttl_ms, queueing = ARGV[1], tonumber(ARGV[2]), ARGV[3]
-- @include lib/process
-- @include lib/time
-- @include lib/fence
-- @include lib/queue
-- @include lib/join
-- @include lib/push
-- @include lib/hand_off
-- @include lib/readers
local keys = { lock = lock, fence = fence, queue = queue, readers = readers }
local held_by = holder_of(keys)
if token == '' then return { 0, 0, '', 0, 0, 0 } end

-- Whether nobody who waits is passed by the caller.
local function is_next()
  if redis.call('ZSCORE', readers, token) then return true end
  if held_by == READERS then
    local head = live_head(queue)
    return not head or head == token
  end
  local turn = hand_off(keys, token)
  return not turn or turn == token
end

if (not held_by or held_by == READERS) and is_next() then
  local first = issue_fence(fence)
  redis.call('ZADD', readers, string.format('%.0f', now_ms + ttl_ms), token)
  local lasts_ms = math.max(ttl_ms, redis.call('PTTL', lock))
  redis.call('SET', lock, READERS, 'PX', lasts_ms)
  redis.call('PEXPIRE', readers, lasts_ms)
  leave_queue(queue, token)
  wake_reader(keys)
  return { first }
end
held_by = redis.call('GET', lock) or ''
local position, joined = 0, 0
if queueing == '1' then position, joined = join_queue(queue, token, 0, held_by) end
local last_issued = tonumber(redis.call('GET', fence)) or 0
return { 0, math.max(redis.call('PTTL', lock), -1), held_by, last_issued, position, joined }
