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
 * Puts the preferred candidate of a process in front of the line, and marks that one stands by.
 *
 * Reply: {1} it stands in front; {0} it is not among the first 64, another preferred one stands by, or it was taken back
 */
export const leaderClaim = {
  name: 'leader/claim',
  sha1: '2a5384c5300e23fba32406d9eb0a480b78945040',
  keys: ['queue', 'preferred'],
  args: ['processId', 'lastsMs'],
  source: `local queue, preferred = KEYS[1], KEYS[2]
local process_id, lasts_ms = ARGV[1], ARGV[2]
local claimed_by = redis.call('GET', preferred)
-- One at a time: two that overtake each other would go to and fro.
if claimed_by and claimed_by ~= process_id then return { 0 } end
if lasts_ms == '0' then
  redis.call('DEL', preferred)
  return { 0 }
end
redis.call('SET', preferred, process_id, 'PX', lasts_ms)
local line = redis.call('ZRANGE', queue, '1e14', '+inf', 'BYSCORE', 'LIMIT', 0, 64)
for place, token in ipairs(line) do
  if string.sub(token, 1, #process_id) == process_id then
    if place > 1 then
      local first_arrival = redis.call('ZMSCORE', queue, line[1])[1]
      redis.call('ZADD', queue, string.format('%.0f', tonumber(first_arrival) - 1), token)
    end
    return { 1 }
  end
end
return { 0 }
`,
} as const satisfies Script;

/**
 * Tells whether a preferred candidate stands in front of the line and listens. Wakes it; changes nothing.
 *
 * Reply: {1} there is one; {0} there is none
 */
export const leaderInspect = {
  name: 'leader/inspect',
  sha1: '1047c6de910695f47a7e1da06acecd10140d1f34',
  keys: ['lock', 'queue', 'preferred'],
  args: [],
  source: `local lock, queue, preferred = KEYS[1], KEYS[2], KEYS[3]
local process_id = redis.call('GET', preferred)
local first = redis.call('ZRANGE', queue, '1e14', '+inf', 'BYSCORE', 'LIMIT', 0, 1)[1]
if not process_id or not first or string.sub(first, 1, #process_id) ~= process_id then return { 0 } end
-- Who does not listen would be passed over by the hand-off, and a leader would have gone for nothing. An error counts as
-- heard, as it does there.
local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_id
if redis.pcall('PUBLISH', channel, 'wake ' .. first .. ' 0 0 ' .. lock) == 0 then return { 0 } end
return { 1 }
`,
} as const satisfies Script;

/**
 * Takes and gives back locks, one member after the other: who cannot have one joins the line when asked, and whoever is next in it gets one that was given back.
 *
 * Reply: {…} what each member is told, one behind the other: acquiring: fence granted (new, or yours already and armed again); or 0, remainingMs, holder, lastFence, position, joined: taken; giving back: 1 released; 0 this token does not hold the lock; a text is the error of that member alone
 */
export const leaseBatch = {
  name: 'lease/batch',
  sha1: '96e5853ef7da4372d0bcc61eb87f72a1400cc5ae',
  eachKeys: ['lock', 'fence', 'queue'],
  eachArgs: ['token', 'ttlMs', 'idleMs'],
  source: `local told, line = {}, nil
-- A token is the process it is of, a dot, and a number. Behind one of the same process a member leaves the process out.
local PROCESS_ID_LENGTH, DOT, last_process = 22, 46, ''

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
end

local function whole_token(sent)
  if string.byte(sent) == DOT then return last_process .. sent end
  last_process = process_of(sent)
  return sent
end
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
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
-- Called only when it is needed: each function that is made costs time in every call.
local function open_line()
-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEARTBEAT_MS, QUEUE_KEPT_MS = '1e14', 2500, 5000
local joined_before = 0

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  return (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
end

-- By rank, not by score: of two that arrived in one microsecond only one is first.
local function position_of(queue, token, held_by)
  local before = redis.call('ZRANK', queue, token) - redis.call('ZCOUNT', queue, '-inf', '(' .. FIRST_ARRIVAL)
  -- A head of the holder's own process dies with the holder: whoever stands behind it must watch the expiry.
  if before == 1 and process_of(first_in(queue, 1)[1]) == process_of(held_by) then before = 0 end
  return before + 1
end

-- The position, 0 for none, and whether this made the entry.
local function join_queue(queue, token, grant_ms, held_by)
  -- The clock stands still during a call, but those who join in it come one behind the other.
  local arrival = string.format('%.0f', server_micros() + joined_before)
  local joined = redis.pcall('ZADD', queue, 'NX', arrival, token)
  if type(joined) == 'table' then
    -- Out of memory: wait by polling, without a place. Anything else is a fault to report.
    if string.find(joined.err, 'OOM', 1, true) then return 0, 0 end
    return redis.call('ZADD', queue, 'NX', arrival, token)
  end
  joined_before = joined_before + joined
  local alive_until = string.format('%.0f', math.floor(server_micros() / 1000) + HEARTBEAT_MS)
  redis.call('ZADD', queue, alive_until, '!' .. token, grant_ms, '?' .. token)
  redis.call('PEXPIRE', queue, QUEUE_KEPT_MS)
  return position_of(queue, token, held_by), joined
end
-- Gives a free lock to the first live waiter, or only wakes it when it asked for hints. Returns that waiter's token,
-- nothing when nobody in line could have it. A heartbeat that ran out means dead; a deaf process is passed over but
-- keeps its place, for it may be reconnecting. \`me\` learns of its turn from the reply.
local HEADS_LOOKED_AT, FIRST_GRANT_MS = 64, 2000

-- Every process listens on one channel of its namespace, whose name is what stands in front of the lock's hash tag. An
-- error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, kind, numbers, lock)
  local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_of(token)
  local heard = redis.pcall('PUBLISH', channel, kind .. ' ' .. token .. numbers .. lock)
  return type(heard) ~= 'number' or heard > 0
end

-- The fence first: when its key is of another type, that is an error and leaves no lock behind.
local function take(keys, token, lasts_ms)
  local fence, last_issued = issue_fence(keys.fence)
  redis.call('SET', keys.lock, token, 'PX', lasts_ms)
  return fence, last_issued
end

local function restore_fence(fence_key, last_issued)
  if last_issued then redis.call('SET', fence_key, last_issued, 'PX', FENCE_KEPT_MS) else redis.call('DEL', fence_key) end
end

-- A grant that nobody heard is taken back, its fences too: nobody can have used them.
local function grant_to(keys, token, lasts_ms)
  local fence, last_issued = take(keys, token, lasts_ms)
  local heard = publish_to(token, 'granted', string.format(' %.0f %.0f ', fence, lasts_ms), keys.lock)
  if heard then leave_queue(keys.queue, token) else redis.call('DEL', keys.lock) end
  if not heard then restore_fence(keys.fence, last_issued) end
  return heard
end

-- Whether that waiter has the lock now, or was woken; nothing for a dead one, which it removes.
local function offer(keys, token)
  local left_ms, lasts_ms = heartbeat_of(keys.queue, token)
  if left_ms <= 0 then return leave_queue(keys.queue, token) end
  if lasts_ms == 0 then return publish_to(token, 'wake', ' 0 0 ', keys.lock) end
  -- A first grant lasts no longer than the heartbeat: waiters that froze together then cost one heartbeat in all.
  if lasts_ms <= FIRST_GRANT_MS then lasts_ms = math.min(lasts_ms, left_ms) end
  return grant_to(keys, token, lasts_ms)
end

local function hand_off(keys, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me or offer(keys, token) then return token end
  end
end
-- What acquiring and giving back come to when somebody holds, waits, or is to be kept out.

local function arm_again(keys, ttl_ms)
  local last_issued = tonumber(redis.call('GET', keys.fence))
  if redis.call('PTTL', keys.lock) < tonumber(ttl_ms) then redis.call('PEXPIRE', keys.lock, ttl_ms) end
  -- A counter below one block is not ours, and a fence below 1 could not be told from a code.
  if last_issued and last_issued >= FENCE_BLOCK then return last_issued - FENCE_BLOCK + 1 end
  return (issue_fence(keys.fence))
end

local function ask(keys, token, ttl_ms, grant_ms)
  local held_by = redis.call('GET', keys.lock)
  if held_by == token then return arm_again(keys, ttl_ms) end
  if not held_by then
    local turn = hand_off(keys, token)
    if not turn or turn == token then
      local fence = take(keys, token, ttl_ms)
      leave_queue(keys.queue, token)
      return fence
    end
    held_by = redis.call('GET', keys.lock)
  end
  local last_issued, position, joined = tonumber(redis.call('GET', keys.fence)) or 0, 0, 0
  if grant_ms ~= '-1' then position, joined = join_queue(keys.queue, token, grant_ms, held_by or '') end
  return 0, { math.max(redis.call('PTTL', keys.lock), -1), held_by or '', last_issued, position, joined }
end

-- The marker is no token: a late renewal or a repeated acquire of the holder that left cannot match it.
local function keep_taken(keys, hold_ms)
  local first = (tonumber(redis.call('GET', keys.fence)) or FENCE_BLOCK - 1) - FENCE_BLOCK + 1
  -- DEL first: Redis allows it when out of memory, and then the SET behind it too.
  redis.call('DEL', keys.lock)
  redis.call('SET', keys.lock, string.format('held:%.0f', first), 'PX', hold_ms)
  local head = first_in(keys.queue, 1)[1]
  if head then publish_to(head, 'held', string.format(' 0 %.0f ', hold_ms), keys.lock) end
end

local function give_back(keys, token, hold_ms, held_by)
  if held_by == token then
    keep_taken(keys, hold_ms)
    return 1
  end
  leave_queue(keys.queue, token)
  if not held_by then hand_off(keys, '') end
  return 0
end
  return { ask = ask, give_back = give_back, hand_off = hand_off }
end
-- Whether nobody stands in any of the lines, which have every third key: asked once for many members. A member that has
-- to do with others ends it. An error is no answer: then each member asks for itself, as does one that is alone.
local function nobody_waits()
  if #KEYS == 3 then return false end
  local queues = {}
  for at = 3, #KEYS, 3 do queues[at / 3] = KEYS[at] end
  return redis.pcall('EXISTS', unpack(queues)) == 0
end
local calm = nobody_waits()
local function contended()
  line, calm = line or open_line(), false
  return line
end
local function acquire(lock, fence, queue, token, ttl_ms, grant_ms)
  -- Out of memory that is an error also for a lock which another holds: whatever it is, \`ask\` finds out.
  local free = (calm or redis.call('EXISTS', queue) == 0) and redis.pcall('SET', lock, token, 'NX', 'PX', ttl_ms)
  if not free or free.err then
    return contended().ask({ lock = lock, fence = fence, queue = queue }, token, ttl_ms, grant_ms)
  end
  local issued, first = pcall(issue_fence, fence)
  if not issued then redis.call('DEL', lock) end
  return issued and first or error(first, 0)
end

local function release(lock, fence, queue, token, _, hold_ms)
  local held_by = redis.call('GET', lock)
  if held_by ~= token or hold_ms ~= '0' then
    return contended().give_back({ lock = lock, fence = fence, queue = queue }, token, hold_ms, held_by)
  end
  redis.call('DEL', lock)
  if not calm and redis.call('EXISTS', queue) == 1 then contended().hand_off({ lock = lock, fence = fence, queue = queue }, '') end
  return 1
end

local function tell(code, facts)
  told[#told + 1] = code
  if facts then for _, fact in ipairs(facts) do told[#told + 1] = fact end end
end

for member = 1, #KEYS / 3 do
  local lock, fence, queue = KEYS[3 * member - 2], KEYS[3 * member - 1], KEYS[3 * member]
  local token, ttl_ms, idle_ms = ARGV[3 * member - 2], ARGV[3 * member - 1], ARGV[3 * member]
  local done, code, facts = pcall(ttl_ms == '0' and release or acquire, lock, fence, queue, whole_token(token), ttl_ms, idle_ms)
  local trouble = not done and (type(code) == 'table' and code.err or code) -- Redis 7 raises tables, Redis 6 texts.
  -- A server that takes no writes takes none of any member: said of the whole call, so that the client looks elsewhere.
  if trouble and string.find(trouble, 'READONLY', 1, true) then return redis.error_reply(trouble) end
  tell(trouble or code, facts)
end
return told
`,
} as const satisfies BatchScript;

/**
 * Tells who holds a lock, for how long, and how many processes stand in line. Changes nothing.
 *
 * Reply: {remainingMs, holder, lastFence, waiting} remainingMs is -2 when nobody holds, -1 when it never expires
 */
export const leaseInspect = {
  name: 'lease/inspect',
  sha1: '5400b0056b120d95fbe091c7bbb7125b713ada0d',
  keys: ['lock', 'fence', 'queue'],
  args: [],
  source: `local lock, fence, queue = KEYS[1], KEYS[2], KEYS[3]
local held_by, last_fence = redis.call('GET', lock), redis.call('GET', fence)
return { redis.call('PTTL', lock), held_by or '', tonumber(last_fence) or 0, redis.call('ZCOUNT', queue, '1e14', '+inf') }
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
export const allScripts = [holderAnnounce, holderLookup, holderWithdraw, leaderClaim, leaderInspect, leaseBatch, leaseInspect, leaseRenew] as const;
