--- Takes permits of a semaphore, or arms those again that the token has; who cannot have them joins the line when asked.
-- @key permits ZSET who has permits, by the server's millisecond at which the lease ends
-- @key holds HASH of each token that has permits its fence and how many; in "+" how many all have beyond one each, in "=" how many there are, as the last caller knew it
-- @key fence STRING last fence issued; kept a day
-- @key queue ZSET who stands in line: the token by first arrival in server microseconds, "!token" by aliveUntilMs, "?token" by grantMs, "%token" by how many it wants; kept 5 s beyond the last poll
-- @key size STRING how many permits there are, where somebody said so for all
-- @arg token proof of the acquisition, the same in every attempt; empty when it was given up
-- @arg ttlMs how long the lease lasts from now
-- @arg grantMs how long a pushed grant lasts until it is confirmed, 0 to be woken without one, -1 not to queue
-- @arg wanted how many permits
-- @arg most how many there are, as the caller knows it
-- @reply {fence} granted; {0, remainingMs, holder, lastFence, position, joined} not enough are free: how long until the next lease ends, and whose
local permits, holds, fence, queue, size = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local token, ttl_ms, grant_ms, wanted, most = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
-- @include lib/process
-- @include lib/time
-- @include lib/fence
-- @include lib/queue
-- @include lib/join
-- @include lib/push
-- @include lib/permits
-- @include lib/permit_line
local keys = { permits = permits, holds = holds, fence = fence, queue = queue, size = size }
local free = free_of(keys, most)

local function arm_again(first)
  redis.call('ZADD', permits, string.format('%.0f', now_ms + ttl_ms), token)
  keep(permits, ttl_ms)
  keep(holds, ttl_ms)
  return { first }
end

-- Whoever stands behind the caller may have what it leaves.
local function take(stands)
  local first = give(keys, token, ttl_ms, wanted)
  if stands then
    leave_line(queue, token)
    serve_line(keys, free - wanted, '')
  end
  return { first }
end

local function wait_for()
  local next_end = redis.call('ZRANGE', permits, 0, 0, 'WITHSCORES')
  local remaining_ms = next_end[2] and math.max(0, tonumber(next_end[2]) - now_ms) or 0
  local position, joined = 0, 0
  if grant_ms ~= '-1' then
    position, joined = join_queue(queue, token, grant_ms, '')
    if wanted > 1 and position > 0 then redis.call('ZADD', queue, wanted, '%' .. token) end
  end
  return { 0, remaining_ms, next_end[1] or '', tonumber(redis.call('GET', fence)) or 0, position, joined }
end
if token == '' then return { 0, 0, '', 0, 0, 0 } end
local mine = hold_of(keys, token)
if mine then return arm_again(mine) end
local stands = redis.call('EXISTS', queue) == 1
if stands then free = serve_line(keys, free, token) end
redis.call('HSET', holds, SIZE, most)
keep(holds, QUEUE_KEPT_MS)
return wanted <= free and take(stands) or wait_for()
