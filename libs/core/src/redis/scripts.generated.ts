// Generated from lua/ by tools/build-scripts.mjs; change the .lua files and run `npm run build:scripts`.
import type { BatchScript, Script } from './script.js';

/**
 * Publishes who stands behind a process id, for messages that name the holder of a lock.
 *
 * Reply: {1} published
 */
export const holderAnnounce = {
  name: 'holder/announce',
  sha1: '353a4500a4a01c43c43694e956f3852266e08c7b',
  keys: ['card'],
  args: ['details', 'ttlMs'],
  source: `local card = KEYS[1]
local details, ttl_ms = ARGV[1], ARGV[2]
redis.call('SET', card, details, 'PX', ttl_ms)
return { 1 }
`,
} as const satisfies Script;

/**
 * Reads who stands behind a process id.
 *
 * Reply: {1, details} known; {0} gone or never announced
 */
export const holderLookup = {
  name: 'holder/lookup',
  sha1: 'e90e87e4992925ffadad0b0adb9ac70f05edd2d9',
  keys: ['card'],
  args: [],
  source: `local card = KEYS[1]
local details = redis.call('GET', card)
if details then return { 1, details } end
return { 0 }
`,
} as const satisfies Script;

/**
 * Takes back what announce published, when the process leaves in good order.
 *
 * Reply: {removed} 1, or 0 when it was gone
 */
export const holderWithdraw = {
  name: 'holder/withdraw',
  sha1: 'a2220222e78c111d77671f470f42ec1352f378c7',
  keys: ['card'],
  args: [],
  source: `local card = KEYS[1]
return { redis.call('DEL', card) }
`,
} as const satisfies Script;

/**
 * Takes the lock if nobody holds it or stands in line for it; else joins the queue when asked, and says who holds.
 *
 * Reply: {1, fence} granted; {2, fence} yours already, armed again; {0, remainingMs, holder, lastFence, position, joined} taken
 */
export const leaseAcquire = {
  name: 'lease/acquire',
  sha1: '40af18dcb00d784fb59e3ca39591e9195d3a6a0a',
  keys: ['lock', 'fence', 'queue', 'waiters'],
  args: ['token', 'ttlMs', 'queueing', 'grantMs', 'channelPrefix'],
  source: `local lock, fence, queue, waiters = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, ttl_ms, queueing, grant_ms, channel_prefix = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255.
local function server_micros()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end
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
-- Gives a free lock to the first live waiter, or only wakes it when it asked for hints. Returns that waiter's token,
-- false when nobody in line could have it, nil when nobody stands there. A heartbeat that ran out means dead; a deaf
-- process is passed over but keeps its place, for it may be reconnecting. \`me\` learns of its turn from the reply.
local HEADS_LOOKED_AT, PROCESS_ID_LENGTH, FIRST_GRANT_MS = 64, 22, 2000

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
end

-- An error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, channel_prefix, message)
  local heard = redis.pcall('PUBLISH', channel_prefix .. process_of(token), message)
  return type(heard) ~= 'number' or heard > 0
end

-- NX although nobody holds it: MGET does not see a key of another type, and the GET then names the trouble.
local function take(lock, token, lasts_ms)
  if not redis.call('SET', lock, token, 'NX', 'PX', lasts_ms) then redis.call('GET', lock) end
end

local function leave_queue(keys, token)
  redis.call('ZREM', keys.queue, token)
  redis.call('HDEL', keys.waiters, token)
end

-- A grant that nobody heard is taken back, its fences too: nobody can have used them.
local function grant_to(keys, token, lasts_ms, channel_prefix, micros)
  local last_issued = redis.call('GET', keys.fence)
  take(keys.lock, token, lasts_ms)
  local fence = issue_fence(keys.fence, next_fence(last_issued, micros))
  local numbers = string.format(' %.0f %.0f ', fence, lasts_ms)
  local heard = publish_to(token, channel_prefix, 'granted ' .. token .. numbers .. keys.lock)
  if heard then leave_queue(keys, token) else redis.call('DEL', keys.lock) end
  if not heard then restore_fence(keys.fence, last_issued) end
  return heard
end

-- Whether that waiter has the lock now, or was woken; nothing for a dead one, which it removes.
local function offer(keys, token, channel_prefix, micros)
  local beat = redis.call('HGET', keys.waiters, token) or ''
  local alive_until, grant_ms = string.match(beat, '^(%d+) (%d+)$')
  local left_ms = (tonumber(alive_until) or 0) - math.floor(micros / 1000)
  local lasts_ms = tonumber(grant_ms) or 0
  if left_ms <= 0 then return leave_queue(keys, token) end
  if lasts_ms == 0 then return publish_to(token, channel_prefix, 'wake ' .. token .. ' 0 0 ' .. keys.lock) end
  -- A first grant lasts no longer than the heartbeat: waiters that froze together then cost one heartbeat in all.
  if lasts_ms <= FIRST_GRANT_MS then lasts_ms = math.min(lasts_ms, left_ms) end
  return grant_to(keys, token, lasts_ms, channel_prefix, micros)
end

local function hand_off(keys, me, channel_prefix)
  local heads = redis.call('ZRANGE', keys.queue, 0, HEADS_LOOKED_AT - 1)
  if #heads == 0 then return nil end
  local micros = server_micros()
  for _, token in ipairs(heads) do
    if token == me or offer(keys, token, channel_prefix, micros) then return token end
  end
  return false
end
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
`,
} as const satisfies Script;

/**
 * Tells who holds a lock, for how long, and how many processes stand in line. Changes nothing.
 *
 * Reply: {remainingMs, holder, lastFence, waiting} remainingMs is -2 when nobody holds, -1 when it never expires
 */
export const leaseInspect = {
  name: 'lease/inspect',
  sha1: '0b8afb8676167405a0a3dbf4c0e32096042d8c28',
  keys: ['lock', 'fence', 'queue'],
  args: [],
  source: `local lock, fence, queue = KEYS[1], KEYS[2], KEYS[3]
local held_by, last_fence = redis.call('GET', lock), redis.call('GET', fence)
return { redis.call('PTTL', lock), held_by or '', tonumber(last_fence) or 0, redis.call('ZCARD', queue) }
`,
} as const satisfies Script;

/**
 * Gives the lock back and hands it to the next in line; for a token that only waits, leaves the line.
 *
 * Reply: {1} released; {0} this token does not hold the lock
 */
export const leaseRelease = {
  name: 'lease/release',
  sha1: 'd6dbfa71e327c8db44b35800071db8c90a93d2ba',
  keys: ['lock', 'fence', 'queue', 'waiters'],
  args: ['token', 'holdMs', 'channelPrefix'],
  source: `local lock, fence, queue, waiters = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, hold_ms, channel_prefix = ARGV[1], tonumber(ARGV[2]), ARGV[3]
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255.
local function server_micros()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end
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
-- Gives a free lock to the first live waiter, or only wakes it when it asked for hints. Returns that waiter's token,
-- false when nobody in line could have it, nil when nobody stands there. A heartbeat that ran out means dead; a deaf
-- process is passed over but keeps its place, for it may be reconnecting. \`me\` learns of its turn from the reply.
local HEADS_LOOKED_AT, PROCESS_ID_LENGTH, FIRST_GRANT_MS = 64, 22, 2000

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
end

-- An error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, channel_prefix, message)
  local heard = redis.pcall('PUBLISH', channel_prefix .. process_of(token), message)
  return type(heard) ~= 'number' or heard > 0
end

-- NX although nobody holds it: MGET does not see a key of another type, and the GET then names the trouble.
local function take(lock, token, lasts_ms)
  if not redis.call('SET', lock, token, 'NX', 'PX', lasts_ms) then redis.call('GET', lock) end
end

local function leave_queue(keys, token)
  redis.call('ZREM', keys.queue, token)
  redis.call('HDEL', keys.waiters, token)
end

-- A grant that nobody heard is taken back, its fences too: nobody can have used them.
local function grant_to(keys, token, lasts_ms, channel_prefix, micros)
  local last_issued = redis.call('GET', keys.fence)
  take(keys.lock, token, lasts_ms)
  local fence = issue_fence(keys.fence, next_fence(last_issued, micros))
  local numbers = string.format(' %.0f %.0f ', fence, lasts_ms)
  local heard = publish_to(token, channel_prefix, 'granted ' .. token .. numbers .. keys.lock)
  if heard then leave_queue(keys, token) else redis.call('DEL', keys.lock) end
  if not heard then restore_fence(keys.fence, last_issued) end
  return heard
end

-- Whether that waiter has the lock now, or was woken; nothing for a dead one, which it removes.
local function offer(keys, token, channel_prefix, micros)
  local beat = redis.call('HGET', keys.waiters, token) or ''
  local alive_until, grant_ms = string.match(beat, '^(%d+) (%d+)$')
  local left_ms = (tonumber(alive_until) or 0) - math.floor(micros / 1000)
  local lasts_ms = tonumber(grant_ms) or 0
  if left_ms <= 0 then return leave_queue(keys, token) end
  if lasts_ms == 0 then return publish_to(token, channel_prefix, 'wake ' .. token .. ' 0 0 ' .. keys.lock) end
  -- A first grant lasts no longer than the heartbeat: waiters that froze together then cost one heartbeat in all.
  if lasts_ms <= FIRST_GRANT_MS then lasts_ms = math.min(lasts_ms, left_ms) end
  return grant_to(keys, token, lasts_ms, channel_prefix, micros)
end

local function hand_off(keys, me, channel_prefix)
  local heads = redis.call('ZRANGE', keys.queue, 0, HEADS_LOOKED_AT - 1)
  if #heads == 0 then return nil end
  local micros = server_micros()
  for _, token in ipairs(heads) do
    if token == me or offer(keys, token, channel_prefix, micros) then return token end
  end
  return false
end
local keys = { lock = lock, fence = fence, queue = queue, waiters = waiters }

-- The marker is no token: a late renewal or a repeated acquire of the holder that left cannot match it.
local function keep_taken()
  local first = (tonumber(redis.call('GET', fence)) or FENCE_BLOCK - 1) - FENCE_BLOCK + 1
  -- DEL first: Redis allows it when out of memory, and then the SET behind it too.
  redis.call('DEL', lock)
  redis.call('SET', lock, string.format('held:%.0f', first), 'PX', hold_ms)
  local head = redis.call('ZRANGE', queue, 0, 0)[1]
  if head then publish_to(head, channel_prefix, 'held ' .. head .. string.format(' 0 %.0f ', hold_ms) .. lock) end
end

local held_by = redis.call('GET', lock)
if held_by == token then
  if hold_ms > 0 then
    keep_taken()
    return { 1 }
  end
  redis.call('DEL', lock)
  hand_off(keys, '', channel_prefix)
  return { 1 }
end
leave_queue(keys, token)
if not held_by then hand_off(keys, '', channel_prefix) end
return { 0 }
`,
} as const satisfies Script;

/**
 * Pushes the expiry out for every member whose token still holds its lock.
 *
 * Reply: {code, …} one a member: 1 renewed; 0 lost; a text is the error of that member alone
 */
export const leaseRenew = {
  name: 'lease/renew',
  sha1: '788c5862ffb3e0829023f24748dd4211eab39077',
  eachKeys: ['lock'],
  eachArgs: ['token', 'ttlMs'],
  source: `local codes = {}
for member = 1, #KEYS do
  local lock = KEYS[member]
  local token, ttl_ms = ARGV[2 * member - 1], ARGV[2 * member]
  local held_by = redis.pcall('GET', lock)
  if type(held_by) == 'table' then
    codes[member] = held_by.err
  elseif held_by ~= token then
    codes[member] = 0
  else
    -- Never SET: out of memory forbids it, and it would bring back a lock that is gone.
    local armed = redis.pcall('PEXPIRE', lock, ttl_ms)
    -- A server that takes no writes takes none of any member: said of the whole call, so that the client looks elsewhere.
    if type(armed) == 'table' and string.find(armed.err, 'READONLY', 1, true) then return armed end
    codes[member] = type(armed) == 'table' and armed.err or armed
  end
end
return codes
`,
} as const satisfies BatchScript;

/** All of them, for loading at connect and for tests. */
export const allScripts = [holderAnnounce, holderLookup, holderWithdraw, leaseAcquire, leaseInspect, leaseRelease, leaseRenew] as const;
