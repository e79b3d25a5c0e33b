// Generated from lua/ by tools/build-scripts.mjs; change the .lua files and run `npm run build:scripts`.
import type { BatchScript, Script } from './script.js';

/**
 * Says that a process is there and who it is, and forgets those that were not heard of for long.
 *
 * Reply: {1} published
 */
export const holderAnnounce = {
  name: 'holder/announce',
  sha1: 'f3d31d70313ab1cbb53a203a600784c223946281',
  keys: ['cards', 'heard'],
  args: ['process', 'details', 'keptMs'],
  source: `local cards, heard = KEYS[1], KEYS[2]
local process, details, kept_ms = ARGV[1], ARGV[2], ARGV[3]
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
local FORGOTTEN_AT_ONCE = 64
local now_ms = math.floor(server_micros() / 1000)
redis.call('HSET', cards, process, details)
redis.call('ZADD', heard, string.format('%.0f', now_ms), process)
local silent_since = string.format('%.0f', now_ms - kept_ms)
for _, gone in ipairs(redis.call('ZRANGE', heard, '-inf', silent_since, 'BYSCORE', 'LIMIT', 0, FORGOTTEN_AT_ONCE)) do
  redis.call('ZREM', heard, gone)
  redis.call('HDEL', cards, gone)
end
redis.call('PEXPIRE', cards, kept_ms)
redis.call('PEXPIRE', heard, kept_ms)
return { 1 }
`,
} as const satisfies Script;

/**
 * Reads which processes there are, the one that was heard of last at the end.
 *
 * Reply: {process, silentMs, details, …} each of them, and how long ago it was heard of
 */
export const holderList = {
  name: 'holder/list',
  sha1: '461ff4b5d518047b2d8d4836abdaec0673db105b',
  keys: ['cards', 'heard'],
  args: ['most'],
  source: `local cards, heard = KEYS[1], KEYS[2]
local most = tonumber(ARGV[1])
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
local now_ms, told = math.floor(server_micros() / 1000), {}
local there = redis.call('ZRANGE', heard, -most, -1, 'WITHSCORES')
for at = 1, #there, 2 do
  told[#told + 1] = there[at]
  told[#told + 1] = math.max(now_ms - there[at + 1], 0)
  told[#told + 1] = redis.call('HGET', cards, there[at]) or '{}'
end
return told
`,
} as const satisfies Script;

/**
 * Reads who stands behind a process id.
 *
 * Reply: {1, details} known; {0} gone or never announced
 */
export const holderLookup = {
  name: 'holder/lookup',
  sha1: '165e3376b7adf3bb12da6275de89bf507f4947ad',
  keys: ['cards'],
  args: ['process'],
  source: `local cards = KEYS[1]
local process = ARGV[1]
local details = redis.call('HGET', cards, process)
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
  sha1: '3ffa864215ffcebbdf4aa824d4839e96fd4a9904',
  keys: ['cards', 'heard'],
  args: ['process'],
  source: `local cards, heard = KEYS[1], KEYS[2]
local process = ARGV[1]
redis.call('ZREM', heard, process)
return { redis.call('HDEL', cards, process) }
`,
} as const satisfies Script;

/**
 * Claims one tick of a schedule for one process and starts its run, or says why there is nothing to run.
 *
 * Reply: {'run', nowMs, run, fence, attempt, checkpoint}; {'queued', nowMs}; {'skipped:<paused, missed or overlap>', nowMs}; {'claimed', nowMs} by somebody before; {'stale', nowMs} too old to tell; {'busy', nowMs} a late one has to be claimed again when nothing runs; {'early', nowMs}; {'superseded', nowMs} another definition holds; {'unknown', nowMs} none does
 */
export const jobClaimTick = {
  name: 'job/claim_tick',
  sha1: 'bd084e2f3678e436866db44d7e762598a30c61d1',
  keys: ['job', 'ticks', 'running', 'runs', 'minted', 'history', 'skips'],
  args: ['tick', 'delayMs', 'nextTick', 'hash', 'token', 'ttlMs', 'who', 'version'],
  source: `local job, ticks, running, runs, minted, history, skips = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local tick, delay_ms, next_tick, hash, token, ttl_ms, who, version = unpack(ARGV)
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
-- What is known about a job: the definition that holds now, and what people and processes made of it since.
local STATE = {
  'hash', 'overlap', 'missed', 'latenessMs', 'catchUpMs', 'attempts', 'keep', 'keepMs', 'paused', 'floor', 'claimed',
  'accounted', 'waiting',
}
local now_ms = math.floor(server_micros() / 1000)
local is = {}

local function whole(number)
  return string.format('%.0f', number)
end

local function read_state()
  local values = redis.call('HMGET', job, unpack(STATE))
  for at, what in ipairs(STATE) do is[what] = values[at] or '' end
  -- What is left of a job whose definition is gone ends by itself, too.
  if is.hash == '' then is.keepMs = '86400000' end
end

read_state()
-- What is known of a run that is not over: fields "<run>/<what>" in \`runs\`; what was never written is ''.
local RECORD = {
  'token', 'fence', 'attempt', 'tick', 'startedAt', 'who', 'version', 'progress', 'checkpoint', 'cancel',
}

local function fields_of(run)
  local fields = {}
  for at, what in ipairs(RECORD) do fields[at] = run .. '/' .. what end
  return fields
end

local function record_of(run)
  local record, values = {}, redis.call('HMGET', runs, unpack(fields_of(run)))
  for at, what in ipairs(RECORD) do record[what] = values[at] or '' end
  return record
end
-- A run that is not over stands in \`running\`, by the millisecond at which its lease ends, and has fields "<run>/<what>" in
-- \`runs\`. A lease that ended without \`finish\` means a lost run: it is written into the history, and where it may be tried
-- again it stays, with what it saved, until a process takes it up.
local SETTLED_AT_ONCE = 16

-- A run is called by its tick, or "manual-" and the microsecond when somebody asked for it.
local function tick_of(run)
  local micros = string.match(run, '^manual%-(%d+)$')
  return micros and whole(math.floor(tonumber(micros) / 1000)) or run
end

-- Up to here no tick is waited for: it ended well, or nobody wanted it.
local function account_for(run)
  local tick = tick_of(run)
  if tonumber(tick) <= (tonumber(is.accounted) or 0) then return end
  is.accounted = tick
  redis.call('HSET', job, 'accounted', tick)
end

local function forget(run)
  redis.call('ZREM', running, run)
  redis.call('HDEL', runs, unpack(fields_of(run)))
end

local function note(run, record, outcome, error_text)
  redis.call(
    'XADD', history, 'MAXLEN', is.keep, '*', 'run', run, 'outcome', outcome, 'tick', tick_of(run), 'startedAt', record.startedAt,
    'endedAt', whole(now_ms), 'fence', record.fence, 'attempt', record.attempt, 'who', record.who, 'version',
    record.version, 'error', error_text, 'progress', record.progress
  )
  redis.call('PEXPIRE', history, is.keepMs)
  redis.call('HINCRBY', job, 'count:' .. outcome, 1)
  if outcome == 'ok' then account_for(run) end
end

local function overdue()
  return redis.call('ZRANGE', running, '-inf', whole(now_ms), 'BYSCORE', 'LIMIT', 0, SETTLED_AT_ONCE)
end

-- Ends what is lost for good, as is what was asked to stop or has no record; returns the first that is to be tried again.
local function settle()
  local again
  for _, run in ipairs(overdue()) do
    local record = record_of(run)
    if (tonumber(record.attempt) or math.huge) < tonumber(is.attempts) and record.cancel == '' then
      again = again or run
    else
      note(run, record, 'lost', '')
      forget(run)
    end
  end
  return again
end
-- A run begins, or is left out. All answers are of one form: what happened, the server's clock, and of a run its name, its
-- fence, its attempt, and what an attempt before it saved.

local LEAST_KEPT_MS = 60000

-- What is said of runs outlives their leases, also where these last longer than a job is kept, and others' last longer still.
local function keep(key)
  local least_ms = math.max(tonumber(is.keepMs), ttl_ms + LEAST_KEPT_MS)
  if redis.call('PTTL', key) < least_ms then redis.call('PEXPIRE', key, whole(least_ms)) end
end

-- From now on the run is lost when its process is silent for \`ttl_ms\`.
local function arm(run)
  redis.call('ZADD', running, whole(now_ms + ttl_ms), run)
  keep(running)
end

local function start(run, attempt)
  local fence = whole(issue_fence(minted))
  local before = record_of(run)
  redis.call(
    'HSET', runs, run .. '/token', token, run .. '/fence', fence, run .. '/attempt', whole(attempt), run .. '/tick', tick_of(run),
    run .. '/startedAt', whole(now_ms), run .. '/who', who, run .. '/version', version
  )
  redis.call('HDEL', runs, run .. '/cancel')
  keep(runs)
  arm(run)
  return { 'run', now_ms, run, fence, attempt, before.checkpoint }
end

local function skip(run, reason)
  redis.call('XADD', skips, 'MAXLEN', is.keep, '*', 'run', run, 'reason', reason, 'tick', tick_of(run), 'who', who)
  redis.call('PEXPIRE', skips, is.keepMs)
  redis.call('HINCRBY', job, 'count:skipped:' .. reason, 1)
  if reason == 'paused' then account_for(run) end
  return { 'skipped:' .. reason, now_ms }
end

local function busy()
  return is.overlap ~= 'allow' and redis.call('ZCARD', running) > 0
end

local function set_state(what, value)
  is[what] = value
  redis.call('HSET', job, what, value)
end
-- The same question again, whose answer was lost: the run is its process's, as it was said before.
local function start_again(run, record)
  arm(run)
  return { 'run', now_ms, run, record.fence, tonumber(record.attempt), record.checkpoint }
end
-- What the overlap policy says of a run that is due. One may wait: the first that came, or with cancel-previous the last.

local function wait(run)
  set_state('waiting', run)
  return { 'queued', now_ms }
end

local function cancel_others(run)
  for _, other in ipairs(redis.call('ZRANGE', running, 0, -1)) do redis.call('HSET', runs, other .. '/cancel', '1') end
  keep(runs)
  if is.waiting ~= '' then skip(is.waiting, 'overlap') end
  return wait(run)
end

local function nothing_in_the_way()
  settle()
  return is.overlap == 'allow' or (is.waiting == '' and not busy())
end

-- It also waits when the caller cannot run it.
local function start_or_wait(run, free)
  if free and who ~= '' then return start(run, 1) end
  if is.overlap == 'cancel-previous' and not free then return cancel_others(run) end
  local skips_it = is.overlap == 'skip' and not free
  return (skips_it or is.waiting ~= '') and skip(run, 'overlap') or wait(run)
end
-- What a tick is by the clock, and that it is claimed.
local due_ms = tick + delay_ms

local late_before = now_ms - (tonumber(is.latenessMs) or 0)
local is_late = due_ms < late_before

-- Of the late ones only what the policy wants: none, the last one, or all; none beyond the window.
local function is_missed()
  if not is_late then return false end
  if is.missed == 'skip' or due_ms < now_ms - tonumber(is.catchUpMs) then return true end
  return is.missed == 'last' and next_tick + delay_ms < late_before
end

-- Below the floor nothing is remembered. Nor is anything when \`ticks\` itself is gone: then what is not behind the last
-- tick that was claimed may have been claimed, too.
local function is_stale()
  if tonumber(tick) <= tonumber(is.floor) then return true end
  return tonumber(tick) <= (tonumber(is.claimed) or 0) and redis.call('EXISTS', ticks) == 0
end

-- The floor follows the window, but never passes the tick itself: what is late, and late by a long delay, has its turn.
local function claim()
  local window_ms = tonumber(is.catchUpMs) + tonumber(is.latenessMs)
  local floor = math.max(tonumber(is.floor), math.min(tonumber(tick), now_ms - window_ms))
  local claimed = math.max(tonumber(is.claimed) or 0, tonumber(tick))
  redis.call('HSET', job, 'floor', whole(floor), 'claimed', whole(claimed))
  redis.call('ZREMRANGEBYSCORE', ticks, '-inf', whole(floor))
  redis.call('ZADD', ticks, tick, tick)
  redis.call('PEXPIRE', ticks, is.keepMs)
end
local EARLY_MS = 50

local function refusal()
  if redis.call('ZSCORE', ticks, tick) then return 'claimed' end
  if is.hash ~= hash then return 'superseded' end
  if now_ms < due_ms - EARLY_MS then return 'early' end
  if is_stale() then return 'stale' end
end

-- What is made up for is made up for one by one; the overlap policy is for ticks that come in time.
local function decide()
  local missed, free = is_missed(), nothing_in_the_way()
  if is.paused == '1' then return skip(tick, 'paused') end
  if missed then return skip(tick, 'missed') end
  if is_late and not free then return { 'busy', now_ms } end
  return start_or_wait(tick, free)
end

if is.hash == '' then return { 'unknown', now_ms } end
local record = record_of(tick)
if record.token == token then return start_again(tick, record) end
local refused = refusal()
if refused then return { refused, now_ms } end
-- The claim behind what may fail: a tick that cannot start is not claimed.
local decided = decide()
if decided[1] ~= 'busy' then claim() end
return decided
`,
} as const satisfies Script;

/**
 * Brings the definition that a process has of a job, which holds from now on unless another one is newer.
 *
 * Reply: {hash} of the definition that holds now
 */
export const jobDefine = {
  name: 'job/define',
  sha1: 'c5767a8b2bbd38aae5f6604dc67e6711a3c94536',
  keys: ['job'],
  args: ['hash', 'version', 'definition', 'schedule', 'overlap', 'missed', 'latenessMs', 'catchUpMs', 'attempts', 'keep', 'keepMs'],
  source: `local job = KEYS[1]
local hash, version, definition, schedule, overlap, missed, lateness_ms, catch_up_ms, attempts, keep, keep_ms = unpack(ARGV)
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
-- What is known about a job: the definition that holds now, and what people and processes made of it since.
local STATE = {
  'hash', 'overlap', 'missed', 'latenessMs', 'catchUpMs', 'attempts', 'keep', 'keepMs', 'paused', 'floor', 'claimed',
  'accounted', 'waiting',
}
local now_ms = math.floor(server_micros() / 1000)
local is = {}

local function whole(number)
  return string.format('%.0f', number)
end

local function read_state()
  local values = redis.call('HMGET', job, unpack(STATE))
  for at, what in ipairs(STATE) do is[what] = values[at] or '' end
  -- What is left of a job whose definition is gone ends by itself, too.
  if is.hash == '' then is.keepMs = '86400000' end
end

read_state()
-- Which definition is to hold is known from the processes that have one: each says every moment that it is there.
local YIELDS_AFTER_MS = 60000

-- One that the server does not know, for it lost its data since, has to be brought again before it can be told.
local function is_newer()
  local told = redis.call('HMGET', job, 'version:' .. hash, 'version:' .. is.hash, 'seen:' .. hash, 'seen:' .. is.hash)
  if not told[3] then return true end
  local version_here, version_held = tonumber(told[1]) or -1, tonumber(told[2]) or -1
  if version_here ~= version_held then return version_here > version_held end
  return tonumber(told[3]) > (tonumber(told[4]) or 0)
end

-- Whether the definition of the caller is to hold instead of the one that does. A server that was away for a minute has
-- heard from nobody: then the first that comes holds, and a newer one after it, whose processes come later.
local function gives_way()
  if is.hash == hash then return false end
  local alive_until = redis.call('HGET', job, 'alive:' .. is.hash)
  return (tonumber(alive_until) or 0) < now_ms or is_newer()
end

-- A pause is remembered for longer than the rest.
local function keep_alive()
  redis.call('HSET', job, 'alive:' .. hash, whole(now_ms + YIELDS_AFTER_MS))
  if is.paused ~= '1' or redis.call('PTTL', job) < tonumber(is.keepMs) then redis.call('PEXPIRE', job, is.keepMs) end
end
-- Which definition of a job holds. Replicas of several versions of an application may define one job differently: the
-- higher explicit version wins, and without versions the definition that was registered later; that an old replica starts
-- again does not make its definition newer. A definition that no live replica brought for a minute gives way.
local FORGOTTEN_AFTER_MS = 2592000000

-- When this definition was seen first, and the highest version that anybody gave to it.
local function remember()
  redis.call('HSETNX', job, 'seen:' .. hash, whole(now_ms))
  local known = tonumber(redis.call('HGET', job, 'version:' .. hash)) or -1
  if (tonumber(version) or -1) > known then redis.call('HSET', job, 'version:' .. hash, version) end
end

-- Below it are ticks that nobody makes up for. Of a job that nobody knew, also after a loss of data, all that were: they may
-- have been run. Of a new schedule those that would be late: they were none when they came.
local function first_floor(schedule_before)
  if is.hash == '' then return now_ms end
  if schedule_before == schedule then return tonumber(is.floor) end
  return math.max(tonumber(is.floor), now_ms - lateness_ms)
end

local function hold_definition()
  local schedule_before = redis.call('HGET', job, 'schedule')
  local floor = first_floor(schedule_before)
  redis.call(
    'HSET', job, 'hash', hash, 'definition', definition, 'schedule', schedule, 'overlap', overlap, 'missed', missed, 'latenessMs',
    lateness_ms, 'catchUpMs', catch_up_ms, 'attempts', attempts, 'keep', keep, 'keepMs', keep_ms, 'floor', whole(floor)
  )
  -- Nobody waits for a tick of a schedule that did not hold when it came.
  if schedule_before ~= schedule then redis.call('HSET', job, 'accounted', whole(floor)) end
  read_state()
end

-- Drops definitions that nobody has had for long, so that a job that changes with each deploy stays small.
local function forget_definitions()
  local all = redis.call('HGETALL', job)
  for at = 1, #all, 2 do
    local old = string.match(all[at], '^alive:(.+)$')
    if old and old ~= is.hash and tonumber(all[at + 1]) < now_ms - FORGOTTEN_AFTER_MS then
      redis.call('HDEL', job, all[at], 'seen:' .. old, 'version:' .. old)
    end
  end
end

local function define()
  remember()
  if is.hash == '' or gives_way() then hold_definition() end
  forget_definitions()
end
define()
keep_alive()
return { is.hash }
`,
} as const satisfies Script;

/**
 * Ends a run and says how it went, unless another attempt took its place; gives its process the run that waited for it.
 *
 * Reply: {'done', nowMs}; {'superseded', nowMs} another attempt took its place, and nothing was written; {'run', nowMs, run, fence, attempt, checkpoint} done, and this one is taken up
 */
export const jobFinish = {
  name: 'job/finish',
  sha1: '1d8b3e1daff1fb9cedf9245348d5e3aa15964a64',
  keys: ['job', 'running', 'runs', 'minted', 'history', 'skips'],
  args: ['run', 'fence', 'outcome', 'errorText', 'token', 'ttlMs', 'who', 'version'],
  source: `local job, running, runs, minted, history, skips = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local run, fence, outcome, error_text, token, ttl_ms, who, version = unpack(ARGV)
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
-- What is known about a job: the definition that holds now, and what people and processes made of it since.
local STATE = {
  'hash', 'overlap', 'missed', 'latenessMs', 'catchUpMs', 'attempts', 'keep', 'keepMs', 'paused', 'floor', 'claimed',
  'accounted', 'waiting',
}
local now_ms = math.floor(server_micros() / 1000)
local is = {}

local function whole(number)
  return string.format('%.0f', number)
end

local function read_state()
  local values = redis.call('HMGET', job, unpack(STATE))
  for at, what in ipairs(STATE) do is[what] = values[at] or '' end
  -- What is left of a job whose definition is gone ends by itself, too.
  if is.hash == '' then is.keepMs = '86400000' end
end

read_state()
-- What is known of a run that is not over: fields "<run>/<what>" in \`runs\`; what was never written is ''.
local RECORD = {
  'token', 'fence', 'attempt', 'tick', 'startedAt', 'who', 'version', 'progress', 'checkpoint', 'cancel',
}

local function fields_of(run)
  local fields = {}
  for at, what in ipairs(RECORD) do fields[at] = run .. '/' .. what end
  return fields
end

local function record_of(run)
  local record, values = {}, redis.call('HMGET', runs, unpack(fields_of(run)))
  for at, what in ipairs(RECORD) do record[what] = values[at] or '' end
  return record
end
-- A run that is not over stands in \`running\`, by the millisecond at which its lease ends, and has fields "<run>/<what>" in
-- \`runs\`. A lease that ended without \`finish\` means a lost run: it is written into the history, and where it may be tried
-- again it stays, with what it saved, until a process takes it up.
local SETTLED_AT_ONCE = 16

-- A run is called by its tick, or "manual-" and the microsecond when somebody asked for it.
local function tick_of(run)
  local micros = string.match(run, '^manual%-(%d+)$')
  return micros and whole(math.floor(tonumber(micros) / 1000)) or run
end

-- Up to here no tick is waited for: it ended well, or nobody wanted it.
local function account_for(run)
  local tick = tick_of(run)
  if tonumber(tick) <= (tonumber(is.accounted) or 0) then return end
  is.accounted = tick
  redis.call('HSET', job, 'accounted', tick)
end

local function forget(run)
  redis.call('ZREM', running, run)
  redis.call('HDEL', runs, unpack(fields_of(run)))
end

local function note(run, record, outcome, error_text)
  redis.call(
    'XADD', history, 'MAXLEN', is.keep, '*', 'run', run, 'outcome', outcome, 'tick', tick_of(run), 'startedAt', record.startedAt,
    'endedAt', whole(now_ms), 'fence', record.fence, 'attempt', record.attempt, 'who', record.who, 'version',
    record.version, 'error', error_text, 'progress', record.progress
  )
  redis.call('PEXPIRE', history, is.keepMs)
  redis.call('HINCRBY', job, 'count:' .. outcome, 1)
  if outcome == 'ok' then account_for(run) end
end

local function overdue()
  return redis.call('ZRANGE', running, '-inf', whole(now_ms), 'BYSCORE', 'LIMIT', 0, SETTLED_AT_ONCE)
end

-- Ends what is lost for good, as is what was asked to stop or has no record; returns the first that is to be tried again.
local function settle()
  local again
  for _, run in ipairs(overdue()) do
    local record = record_of(run)
    if (tonumber(record.attempt) or math.huge) < tonumber(is.attempts) and record.cancel == '' then
      again = again or run
    else
      note(run, record, 'lost', '')
      forget(run)
    end
  end
  return again
end
-- A run begins, or is left out. All answers are of one form: what happened, the server's clock, and of a run its name, its
-- fence, its attempt, and what an attempt before it saved.

local LEAST_KEPT_MS = 60000

-- What is said of runs outlives their leases, also where these last longer than a job is kept, and others' last longer still.
local function keep(key)
  local least_ms = math.max(tonumber(is.keepMs), ttl_ms + LEAST_KEPT_MS)
  if redis.call('PTTL', key) < least_ms then redis.call('PEXPIRE', key, whole(least_ms)) end
end

-- From now on the run is lost when its process is silent for \`ttl_ms\`.
local function arm(run)
  redis.call('ZADD', running, whole(now_ms + ttl_ms), run)
  keep(running)
end

local function start(run, attempt)
  local fence = whole(issue_fence(minted))
  local before = record_of(run)
  redis.call(
    'HSET', runs, run .. '/token', token, run .. '/fence', fence, run .. '/attempt', whole(attempt), run .. '/tick', tick_of(run),
    run .. '/startedAt', whole(now_ms), run .. '/who', who, run .. '/version', version
  )
  redis.call('HDEL', runs, run .. '/cancel')
  keep(runs)
  arm(run)
  return { 'run', now_ms, run, fence, attempt, before.checkpoint }
end

local function skip(run, reason)
  redis.call('XADD', skips, 'MAXLEN', is.keep, '*', 'run', run, 'reason', reason, 'tick', tick_of(run), 'who', who)
  redis.call('PEXPIRE', skips, is.keepMs)
  redis.call('HINCRBY', job, 'count:skipped:' .. reason, 1)
  if reason == 'paused' then account_for(run) end
  return { 'skipped:' .. reason, now_ms }
end

local function busy()
  return is.overlap ~= 'allow' and redis.call('ZCARD', running) > 0
end

local function set_state(what, value)
  is[what] = value
  redis.call('HSET', job, what, value)
end
-- The same question again, whose answer was lost: the run is its process's, as it was said before.
local function start_again(run, record)
  arm(run)
  return { 'run', now_ms, run, record.fence, tonumber(record.attempt), record.checkpoint }
end
-- What there is to do for a process that asks for work: a lost run that is to be tried again, or the one that waits. What
-- may fail comes first: a run that cannot start stays where it is.

local function try_again(run)
  local record = record_of(run)
  local started = start(run, record.attempt + 1)
  -- One that was given back before it began was not lost.
  if record.fence ~= '' then note(run, record, 'lost', '') end
  return started
end

local function taken_up_before()
  for _, run in ipairs(redis.call('ZRANGE', running, 0, -1)) do
    local record = record_of(run)
    if record.token == token then return start_again(run, record) end
  end
end

-- Paused meanwhile; what somebody asked for is run all the same.
local function start_waiting(run)
  if is.paused ~= '1' or tick_of(run) ~= run then return start(run, 1) end
  skip(run, 'paused')
end

local function take_up()
  local before = taken_up_before()
  if before then return before end
  local lost, run = settle(), is.waiting
  if lost then return try_again(lost) end
  if run == '' or busy() then return nil end
  local started = start_waiting(run)
  set_state('waiting', '')
  return started
end

-- Whoever asks next takes it up, at once. Without its token no renewal that is still under way keeps it.
local function give_back(record)
  redis.call('HDEL', runs, run .. '/token')
  redis.call('ZADD', running, whole(now_ms), run)
  keep(running)
  if outcome == 'abandoned' then return end
  -- It never began: no attempt, and nothing that was lost.
  redis.call('HDEL', runs, run .. '/fence')
  redis.call('HSET', runs, run .. '/attempt', whole(record.attempt - 1))
end

local record = record_of(run)
if record.fence ~= fence then return taken_up_before() or { 'superseded', now_ms } end
local is_over = outcome ~= 'abandoned' and outcome ~= 'unclaimed'
if is_over then forget(run) else give_back(record) end
-- Nobody knows the job any more: how much is to be kept of it is not known either.
if is.hash == '' then return { 'done', now_ms } end
if is_over then note(run, record, outcome, error_text) end
return outcome ~= 'abandoned' and who ~= '' and take_up() or { 'done', now_ms }
`,
} as const satisfies Script;

/**
 * Reads how the last runs of a job ended and which ticks did not become runs, the latest first.
 *
 * Reply: {id, fields, name, value, …, id, fields, …} entries of the one and then of the other
 */
export const jobHistory = {
  name: 'job/history',
  sha1: '5cc264663269d637f5de6ae3521407a04cd9c27e',
  keys: ['history', 'skips'],
  args: ['before', 'most'],
  source: `local history, skips = KEYS[1], KEYS[2]
local before, most = ARGV[1], ARGV[2]
local told = {}
for _, stream in ipairs({ history, skips }) do
  for _, entry in ipairs(redis.call('XREVRANGE', stream, before, '-', 'COUNT', most)) do
    told[#told + 1] = entry[1]
    told[#told + 1] = #entry[2] / 2
    for _, text in ipairs(entry[2]) do told[#told + 1] = text end
  end
end
return told
`,
} as const satisfies Script;

/**
 * Looks at a job: its state, and the runs that are not over. Changes nothing.
 *
 * Reply: {nowMs, fields, name, value, …, run, endsAtMs, token, fence, attempt, tick, startedAt, who, version, progress, checkpoint, cancel, …} the fields of the job and then each run
 */
export const jobInspect = {
  name: 'job/inspect',
  sha1: '7bdf0b9d5b8c4849c25aabf4caca831d16b3dd73',
  keys: ['job', 'running', 'runs'],
  args: [],
  source: `local job, running, runs = KEYS[1], KEYS[2], KEYS[3]
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
-- What is known of a run that is not over: fields "<run>/<what>" in \`runs\`; what was never written is ''.
local RECORD = {
  'token', 'fence', 'attempt', 'tick', 'startedAt', 'who', 'version', 'progress', 'checkpoint', 'cancel',
}

local function fields_of(run)
  local fields = {}
  for at, what in ipairs(RECORD) do fields[at] = run .. '/' .. what end
  return fields
end

local function record_of(run)
  local record, values = {}, redis.call('HMGET', runs, unpack(fields_of(run)))
  for at, what in ipairs(RECORD) do record[what] = values[at] or '' end
  return record
end
local fields = redis.call('HGETALL', job)
local told = { math.floor(server_micros() / 1000), #fields / 2 }
for _, text in ipairs(fields) do told[#told + 1] = text end
local there = redis.call('ZRANGE', running, 0, -1, 'WITHSCORES')
for at = 1, #there, 2 do
  told[#told + 1] = there[at]
  told[#told + 1] = there[at + 1]
  local record = record_of(there[at])
  for _, what in ipairs(RECORD) do told[#told + 1] = record[what] end
end
return told
`,
} as const satisfies Script;

/**
 * Pauses a job for every process, or lets it go on.
 *
 * Reply: {1} it is another state than before; {0} it was so already
 */
export const jobPause = {
  name: 'job/pause',
  sha1: '8d76261c93004f6788bf86805751e669a4b589b9',
  keys: ['job'],
  args: ['paused', 'keepMs'],
  source: `local job = KEYS[1]
local paused, keep_ms = ARGV[1], ARGV[2]
local before = redis.call('HGET', job, 'paused') or '0'
if paused == '1' then
  redis.call('HSET', job, 'paused', '1')
  if redis.call('PTTL', job) < tonumber(keep_ms) then redis.call('PEXPIRE', job, keep_ms) end
else
  redis.call('HDEL', job, 'paused')
end
return { before == paused and 0 or 1 }
`,
} as const satisfies Script;

/**
 * Says that a process has this job, ends what is lost, and gives the process a run to take up if there is one.
 *
 * Reply: {'idle', nowMs, floor, accounted, paused, hash, definition, run…} the definition is there when another one holds; each run is one that was asked to stop; {'run', nowMs, run, fence, attempt, checkpoint} taken up; {'unknown', nowMs} no definition holds, or one that gives way to the caller's when it is brought
 */
export const jobPoll = {
  name: 'job/poll',
  sha1: '8d20ff4fa61174dbbcc3ff151e00fef4b13b69ef',
  keys: ['job', 'running', 'runs', 'minted', 'history', 'skips'],
  args: ['hash', 'token', 'ttlMs', 'who', 'version'],
  source: `local job, running, runs, minted, history, skips = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local hash, token, ttl_ms, who, version = unpack(ARGV)
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
-- What is known about a job: the definition that holds now, and what people and processes made of it since.
local STATE = {
  'hash', 'overlap', 'missed', 'latenessMs', 'catchUpMs', 'attempts', 'keep', 'keepMs', 'paused', 'floor', 'claimed',
  'accounted', 'waiting',
}
local now_ms = math.floor(server_micros() / 1000)
local is = {}

local function whole(number)
  return string.format('%.0f', number)
end

local function read_state()
  local values = redis.call('HMGET', job, unpack(STATE))
  for at, what in ipairs(STATE) do is[what] = values[at] or '' end
  -- What is left of a job whose definition is gone ends by itself, too.
  if is.hash == '' then is.keepMs = '86400000' end
end

read_state()
-- Which definition is to hold is known from the processes that have one: each says every moment that it is there.
local YIELDS_AFTER_MS = 60000

-- One that the server does not know, for it lost its data since, has to be brought again before it can be told.
local function is_newer()
  local told = redis.call('HMGET', job, 'version:' .. hash, 'version:' .. is.hash, 'seen:' .. hash, 'seen:' .. is.hash)
  if not told[3] then return true end
  local version_here, version_held = tonumber(told[1]) or -1, tonumber(told[2]) or -1
  if version_here ~= version_held then return version_here > version_held end
  return tonumber(told[3]) > (tonumber(told[4]) or 0)
end

-- Whether the definition of the caller is to hold instead of the one that does. A server that was away for a minute has
-- heard from nobody: then the first that comes holds, and a newer one after it, whose processes come later.
local function gives_way()
  if is.hash == hash then return false end
  local alive_until = redis.call('HGET', job, 'alive:' .. is.hash)
  return (tonumber(alive_until) or 0) < now_ms or is_newer()
end

-- A pause is remembered for longer than the rest.
local function keep_alive()
  redis.call('HSET', job, 'alive:' .. hash, whole(now_ms + YIELDS_AFTER_MS))
  if is.paused ~= '1' or redis.call('PTTL', job) < tonumber(is.keepMs) then redis.call('PEXPIRE', job, is.keepMs) end
end
-- What is known of a run that is not over: fields "<run>/<what>" in \`runs\`; what was never written is ''.
local RECORD = {
  'token', 'fence', 'attempt', 'tick', 'startedAt', 'who', 'version', 'progress', 'checkpoint', 'cancel',
}

local function fields_of(run)
  local fields = {}
  for at, what in ipairs(RECORD) do fields[at] = run .. '/' .. what end
  return fields
end

local function record_of(run)
  local record, values = {}, redis.call('HMGET', runs, unpack(fields_of(run)))
  for at, what in ipairs(RECORD) do record[what] = values[at] or '' end
  return record
end
-- A run that is not over stands in \`running\`, by the millisecond at which its lease ends, and has fields "<run>/<what>" in
-- \`runs\`. A lease that ended without \`finish\` means a lost run: it is written into the history, and where it may be tried
-- again it stays, with what it saved, until a process takes it up.
local SETTLED_AT_ONCE = 16

-- A run is called by its tick, or "manual-" and the microsecond when somebody asked for it.
local function tick_of(run)
  local micros = string.match(run, '^manual%-(%d+)$')
  return micros and whole(math.floor(tonumber(micros) / 1000)) or run
end

-- Up to here no tick is waited for: it ended well, or nobody wanted it.
local function account_for(run)
  local tick = tick_of(run)
  if tonumber(tick) <= (tonumber(is.accounted) or 0) then return end
  is.accounted = tick
  redis.call('HSET', job, 'accounted', tick)
end

local function forget(run)
  redis.call('ZREM', running, run)
  redis.call('HDEL', runs, unpack(fields_of(run)))
end

local function note(run, record, outcome, error_text)
  redis.call(
    'XADD', history, 'MAXLEN', is.keep, '*', 'run', run, 'outcome', outcome, 'tick', tick_of(run), 'startedAt', record.startedAt,
    'endedAt', whole(now_ms), 'fence', record.fence, 'attempt', record.attempt, 'who', record.who, 'version',
    record.version, 'error', error_text, 'progress', record.progress
  )
  redis.call('PEXPIRE', history, is.keepMs)
  redis.call('HINCRBY', job, 'count:' .. outcome, 1)
  if outcome == 'ok' then account_for(run) end
end

local function overdue()
  return redis.call('ZRANGE', running, '-inf', whole(now_ms), 'BYSCORE', 'LIMIT', 0, SETTLED_AT_ONCE)
end

-- Ends what is lost for good, as is what was asked to stop or has no record; returns the first that is to be tried again.
local function settle()
  local again
  for _, run in ipairs(overdue()) do
    local record = record_of(run)
    if (tonumber(record.attempt) or math.huge) < tonumber(is.attempts) and record.cancel == '' then
      again = again or run
    else
      note(run, record, 'lost', '')
      forget(run)
    end
  end
  return again
end
-- A run begins, or is left out. All answers are of one form: what happened, the server's clock, and of a run its name, its
-- fence, its attempt, and what an attempt before it saved.

local LEAST_KEPT_MS = 60000

-- What is said of runs outlives their leases, also where these last longer than a job is kept, and others' last longer still.
local function keep(key)
  local least_ms = math.max(tonumber(is.keepMs), ttl_ms + LEAST_KEPT_MS)
  if redis.call('PTTL', key) < least_ms then redis.call('PEXPIRE', key, whole(least_ms)) end
end

-- From now on the run is lost when its process is silent for \`ttl_ms\`.
local function arm(run)
  redis.call('ZADD', running, whole(now_ms + ttl_ms), run)
  keep(running)
end

local function start(run, attempt)
  local fence = whole(issue_fence(minted))
  local before = record_of(run)
  redis.call(
    'HSET', runs, run .. '/token', token, run .. '/fence', fence, run .. '/attempt', whole(attempt), run .. '/tick', tick_of(run),
    run .. '/startedAt', whole(now_ms), run .. '/who', who, run .. '/version', version
  )
  redis.call('HDEL', runs, run .. '/cancel')
  keep(runs)
  arm(run)
  return { 'run', now_ms, run, fence, attempt, before.checkpoint }
end

local function skip(run, reason)
  redis.call('XADD', skips, 'MAXLEN', is.keep, '*', 'run', run, 'reason', reason, 'tick', tick_of(run), 'who', who)
  redis.call('PEXPIRE', skips, is.keepMs)
  redis.call('HINCRBY', job, 'count:skipped:' .. reason, 1)
  if reason == 'paused' then account_for(run) end
  return { 'skipped:' .. reason, now_ms }
end

local function busy()
  return is.overlap ~= 'allow' and redis.call('ZCARD', running) > 0
end

local function set_state(what, value)
  is[what] = value
  redis.call('HSET', job, what, value)
end
-- The same question again, whose answer was lost: the run is its process's, as it was said before.
local function start_again(run, record)
  arm(run)
  return { 'run', now_ms, run, record.fence, tonumber(record.attempt), record.checkpoint }
end
-- What there is to do for a process that asks for work: a lost run that is to be tried again, or the one that waits. What
-- may fail comes first: a run that cannot start stays where it is.

local function try_again(run)
  local record = record_of(run)
  local started = start(run, record.attempt + 1)
  -- One that was given back before it began was not lost.
  if record.fence ~= '' then note(run, record, 'lost', '') end
  return started
end

local function taken_up_before()
  for _, run in ipairs(redis.call('ZRANGE', running, 0, -1)) do
    local record = record_of(run)
    if record.token == token then return start_again(run, record) end
  end
end

-- Paused meanwhile; what somebody asked for is run all the same.
local function start_waiting(run)
  if is.paused ~= '1' or tick_of(run) ~= run then return start(run, 1) end
  skip(run, 'paused')
end

local function take_up()
  local before = taken_up_before()
  if before then return before end
  local lost, run = settle(), is.waiting
  if lost then return try_again(lost) end
  if run == '' or busy() then return nil end
  local started = start_waiting(run)
  set_state('waiting', '')
  return started
end
local function idle()
  local other = is.hash ~= hash and redis.call('HGET', job, 'definition') or ''
  local accounted = tonumber(is.accounted) or tonumber(is.floor)
  local told = { 'idle', now_ms, tonumber(is.floor), accounted, tonumber(is.paused) or 0, is.hash, other }
  for _, run in ipairs(redis.call('ZRANGE', running, 0, -1)) do
    if redis.call('HGET', runs, run .. '/cancel') then told[#told + 1] = run end
  end
  return told
end

if is.hash == '' or gives_way() then return { 'unknown', now_ms } end
keep_alive()
if who == '' then settle() end
return who ~= '' and take_up() or idle()
`,
} as const satisfies Script;

/**
 * Pushes the end of the lease out for every run whose token is still the one in its record.
 *
 * Reply: {code, …} one a member: 1 renewed; 0 lost; a text is the error of that member alone
 */
export const jobRenew = {
  name: 'job/renew',
  sha1: '282682f2efe7e73034daadf3fb4417764bf13cce',
  eachKeys: ['running', 'runs'],
  eachArgs: ['run', 'token', 'ttlMs'],
  source: `local codes = {}
local KEPT_MS = 60000
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
local function renew(running, runs, run, token, ttl_ms)
  if redis.call('HGET', runs, run .. '/token') ~= token then return 0 end
  -- A run may take longer than a job is kept. This comes first because it needs no memory: then Redis lets the rest have some.
  local kept_ms = math.max(redis.call('PTTL', runs), ttl_ms + KEPT_MS)
  redis.call('PEXPIRE', runs, string.format('%.0f', kept_ms))
  local ends_at = math.floor(server_micros() / 1000) + ttl_ms
  redis.call('ZADD', running, string.format('%.0f', ends_at), run)
  redis.call('PEXPIRE', running, string.format('%.0f', kept_ms))
  return 1
end

for member = 1, #KEYS / 2 do
  local running, runs = KEYS[2 * member - 1], KEYS[2 * member]
  local run, token, ttl_ms = ARGV[3 * member - 2], ARGV[3 * member - 1], ARGV[3 * member]
  local done, code = pcall(renew, running, runs, run, token, ttl_ms)
  local trouble = not done and (type(code) == 'table' and code.err or code)
  if trouble and string.find(trouble, 'READONLY', 1, true) then return redis.error_reply(trouble) end
  codes[member] = trouble or code
end
return codes
`,
} as const satisfies BatchScript;

/**
 * Runs a job out of its turn: at once and here when that may be, or as the overlap policy says.
 *
 * Reply: {'run', nowMs, run, fence, attempt, checkpoint}; {'queued', nowMs}; {'skipped:overlap', nowMs}; {'unknown', nowMs} no process has this job
 */
export const jobRunNow = {
  name: 'job/run_now',
  sha1: '5bdc75dc15b54a3f4d242eda3aa8a7dacab6cce0',
  keys: ['job', 'running', 'runs', 'minted', 'history', 'skips'],
  args: ['token', 'ttlMs', 'who', 'version'],
  source: `local job, running, runs, minted, history, skips = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local token, ttl_ms, who, version = unpack(ARGV)
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
-- What is known about a job: the definition that holds now, and what people and processes made of it since.
local STATE = {
  'hash', 'overlap', 'missed', 'latenessMs', 'catchUpMs', 'attempts', 'keep', 'keepMs', 'paused', 'floor', 'claimed',
  'accounted', 'waiting',
}
local now_ms = math.floor(server_micros() / 1000)
local is = {}

local function whole(number)
  return string.format('%.0f', number)
end

local function read_state()
  local values = redis.call('HMGET', job, unpack(STATE))
  for at, what in ipairs(STATE) do is[what] = values[at] or '' end
  -- What is left of a job whose definition is gone ends by itself, too.
  if is.hash == '' then is.keepMs = '86400000' end
end

read_state()
-- What is known of a run that is not over: fields "<run>/<what>" in \`runs\`; what was never written is ''.
local RECORD = {
  'token', 'fence', 'attempt', 'tick', 'startedAt', 'who', 'version', 'progress', 'checkpoint', 'cancel',
}

local function fields_of(run)
  local fields = {}
  for at, what in ipairs(RECORD) do fields[at] = run .. '/' .. what end
  return fields
end

local function record_of(run)
  local record, values = {}, redis.call('HMGET', runs, unpack(fields_of(run)))
  for at, what in ipairs(RECORD) do record[what] = values[at] or '' end
  return record
end
-- A run that is not over stands in \`running\`, by the millisecond at which its lease ends, and has fields "<run>/<what>" in
-- \`runs\`. A lease that ended without \`finish\` means a lost run: it is written into the history, and where it may be tried
-- again it stays, with what it saved, until a process takes it up.
local SETTLED_AT_ONCE = 16

-- A run is called by its tick, or "manual-" and the microsecond when somebody asked for it.
local function tick_of(run)
  local micros = string.match(run, '^manual%-(%d+)$')
  return micros and whole(math.floor(tonumber(micros) / 1000)) or run
end

-- Up to here no tick is waited for: it ended well, or nobody wanted it.
local function account_for(run)
  local tick = tick_of(run)
  if tonumber(tick) <= (tonumber(is.accounted) or 0) then return end
  is.accounted = tick
  redis.call('HSET', job, 'accounted', tick)
end

local function forget(run)
  redis.call('ZREM', running, run)
  redis.call('HDEL', runs, unpack(fields_of(run)))
end

local function note(run, record, outcome, error_text)
  redis.call(
    'XADD', history, 'MAXLEN', is.keep, '*', 'run', run, 'outcome', outcome, 'tick', tick_of(run), 'startedAt', record.startedAt,
    'endedAt', whole(now_ms), 'fence', record.fence, 'attempt', record.attempt, 'who', record.who, 'version',
    record.version, 'error', error_text, 'progress', record.progress
  )
  redis.call('PEXPIRE', history, is.keepMs)
  redis.call('HINCRBY', job, 'count:' .. outcome, 1)
  if outcome == 'ok' then account_for(run) end
end

local function overdue()
  return redis.call('ZRANGE', running, '-inf', whole(now_ms), 'BYSCORE', 'LIMIT', 0, SETTLED_AT_ONCE)
end

-- Ends what is lost for good, as is what was asked to stop or has no record; returns the first that is to be tried again.
local function settle()
  local again
  for _, run in ipairs(overdue()) do
    local record = record_of(run)
    if (tonumber(record.attempt) or math.huge) < tonumber(is.attempts) and record.cancel == '' then
      again = again or run
    else
      note(run, record, 'lost', '')
      forget(run)
    end
  end
  return again
end
-- A run begins, or is left out. All answers are of one form: what happened, the server's clock, and of a run its name, its
-- fence, its attempt, and what an attempt before it saved.

local LEAST_KEPT_MS = 60000

-- What is said of runs outlives their leases, also where these last longer than a job is kept, and others' last longer still.
local function keep(key)
  local least_ms = math.max(tonumber(is.keepMs), ttl_ms + LEAST_KEPT_MS)
  if redis.call('PTTL', key) < least_ms then redis.call('PEXPIRE', key, whole(least_ms)) end
end

-- From now on the run is lost when its process is silent for \`ttl_ms\`.
local function arm(run)
  redis.call('ZADD', running, whole(now_ms + ttl_ms), run)
  keep(running)
end

local function start(run, attempt)
  local fence = whole(issue_fence(minted))
  local before = record_of(run)
  redis.call(
    'HSET', runs, run .. '/token', token, run .. '/fence', fence, run .. '/attempt', whole(attempt), run .. '/tick', tick_of(run),
    run .. '/startedAt', whole(now_ms), run .. '/who', who, run .. '/version', version
  )
  redis.call('HDEL', runs, run .. '/cancel')
  keep(runs)
  arm(run)
  return { 'run', now_ms, run, fence, attempt, before.checkpoint }
end

local function skip(run, reason)
  redis.call('XADD', skips, 'MAXLEN', is.keep, '*', 'run', run, 'reason', reason, 'tick', tick_of(run), 'who', who)
  redis.call('PEXPIRE', skips, is.keepMs)
  redis.call('HINCRBY', job, 'count:skipped:' .. reason, 1)
  if reason == 'paused' then account_for(run) end
  return { 'skipped:' .. reason, now_ms }
end

local function busy()
  return is.overlap ~= 'allow' and redis.call('ZCARD', running) > 0
end

local function set_state(what, value)
  is[what] = value
  redis.call('HSET', job, what, value)
end
-- What the overlap policy says of a run that is due. One may wait: the first that came, or with cancel-previous the last.

local function wait(run)
  set_state('waiting', run)
  return { 'queued', now_ms }
end

local function cancel_others(run)
  for _, other in ipairs(redis.call('ZRANGE', running, 0, -1)) do redis.call('HSET', runs, other .. '/cancel', '1') end
  keep(runs)
  if is.waiting ~= '' then skip(is.waiting, 'overlap') end
  return wait(run)
end

local function nothing_in_the_way()
  settle()
  return is.overlap == 'allow' or (is.waiting == '' and not busy())
end

-- It also waits when the caller cannot run it.
local function start_or_wait(run, free)
  if free and who ~= '' then return start(run, 1) end
  if is.overlap == 'cancel-previous' and not free then return cancel_others(run) end
  local skips_it = is.overlap == 'skip' and not free
  return (skips_it or is.waiting ~= '') and skip(run, 'overlap') or wait(run)
end
if is.hash == '' then return { 'unknown', now_ms } end
return start_or_wait('manual-' .. whole(server_micros()), nothing_in_the_way())
`,
} as const satisfies Script;

/**
 * Writes down how far a run came, unless another attempt took its place.
 *
 * Reply: {1} saved; {0} another attempt took its place, or the run is over
 */
export const jobSave = {
  name: 'job/save',
  sha1: '2c85207dcb02a821f54c8f010cec68d53941a76d',
  keys: ['runs'],
  args: ['run', 'fence', 'what', 'value'],
  source: `local runs = KEYS[1]
local run, fence, what, value = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if redis.call('HGET', runs, run .. '/fence') ~= fence then return { 0 } end
redis.call('HSET', runs, run .. '/' .. what, value)
return { 1 }
`,
} as const satisfies Script;

/**
 * Says that a part is done; with the last one all who wait are woken.
 *
 * Reply: {1, arrived, passed} all are done; {0, arrived, passed} not yet
 */
export const latchArrive = {
  name: 'latch/arrive',
  sha1: 'fc71d49dc220effd24e1274928b9ee441923c8b8',
  keys: ['arrived', 'passed', 'waiting'],
  args: ['part', 'parties', 'again', 'keptMs'],
  source: `local arrived, passed, waiting = KEYS[1], KEYS[2], KEYS[3]
local part, parties, again, kept_ms = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
-- Wakes every process that waits; it comes and looks.
local now_ms = math.floor(server_micros() / 1000)

local function wake_all(waiting)
  local prefix = string.match(waiting, '^[^{]*') .. 'push:'
  for _, process in ipairs(redis.call('ZRANGE', waiting, string.format('(%.0f', now_ms), '+inf', 'BYSCORE')) do
    redis.pcall('PUBLISH', prefix .. process, 'open ' .. waiting)
  end
  redis.call('DEL', waiting)
end
redis.call('ZADD', arrived, 'NX', now_ms, part)
local count = redis.call('ZCARD', arrived)
local times = tonumber(redis.call('GET', passed) or 0)
redis.call('PEXPIRE', arrived, kept_ms)
if count < parties then return { 0, count, times } end
if again == '1' then
  times = times + 1
  redis.call('DEL', arrived)
  redis.call('SET', passed, times, 'PX', kept_ms)
end
wake_all(waiting)
return { 1, count, times }
`,
} as const satisfies Script;

/**
 * Tells how many parts are done; a process that waits says so, to be woken with the last one.
 *
 * Reply: {1, arrived, passed} all are done, or were since then; {0, arrived, passed} not yet
 */
export const latchLook = {
  name: 'latch/look',
  sha1: 'bebd34923dcf37a2b84128cbc73a197626a17b4c',
  keys: ['arrived', 'passed', 'waiting'],
  args: ['parties', 'since', 'processId', 'aliveMs'],
  source: `local arrived, passed, waiting = KEYS[1], KEYS[2], KEYS[3]
local parties, since, process_id, alive_ms = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
local count = redis.call('ZCARD', arrived)
local times = tonumber(redis.call('GET', passed) or 0)
local open = since < 0 and count >= parties or since >= 0 and times ~= since
if open then return { 1, count, times } end
if process_id ~= '' then
  redis.call('ZADD', waiting, math.floor(server_micros() / 1000) + alive_ms, process_id)
  redis.call('PEXPIRE', waiting, alive_ms)
end
return { 0, count, times }
`,
} as const satisfies Script;

/**
 * Forgets which parts are done.
 *
 * Reply: {1} forgotten; {0} none was
 */
export const latchReset = {
  name: 'latch/reset',
  sha1: 'f5919062dd65919671d240063dbbee0499a41246',
  keys: ['arrived'],
  args: [],
  source: `local arrived = KEYS[1]
return { redis.call('DEL', arrived) }
`,
} as const satisfies Script;

/**
 * Takes back that a party has arrived, unless all have since then.
 *
 * Reply: {1} taken back; {0} all had arrived since then
 */
export const latchWithdraw = {
  name: 'latch/withdraw',
  sha1: '58954d25e90988fddaa5b15dd44b1dc7b27a0a0d',
  keys: ['arrived', 'passed'],
  args: ['part', 'since'],
  source: `local arrived, passed = KEYS[1], KEYS[2]
local part, since = ARGV[1], ARGV[2]
if (redis.call('GET', passed) or '0') ~= since then return { 0 } end
redis.call('ZREM', arrived, part)
return { 1 }
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
  sha1: '8bf31c41d23abeafe157bd545d987c09e17fde94',
  eachKeys: ['lock', 'fence', 'queue'],
  eachArgs: ['token', 'ttlMs', 'idleMs'],
  source: `local told, line = {}, nil
-- A token is the process it is of, a dot, and a number.
local PROCESS_ID_LENGTH = 22

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
end
-- A token as it is sent: behind one of the same process a member leaves the process out.
local DOT, last_process = 46, ''

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
local function open_line() -- Only when it is needed: each function that is made costs time in every call.
-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEADS_LOOKED_AT, FIRST_GRANT_MS = '1e14', 64, 2000

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead. A first grant lasts no longer
-- than the heartbeat: waiters that froze together then cost one heartbeat in all.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  local left_ms, grant_ms = (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
  return left_ms, grant_ms <= FIRST_GRANT_MS and math.min(grant_ms, left_ms) or grant_ms
end
-- How somebody joins the line, and keeps the place in it.
local HEARTBEAT_MS, QUEUE_KEPT_MS = 2500, 5000
local joined_before = 0

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
-- Every process listens on one channel of its namespace, whose name is what stands in front of the lock's hash tag. An
-- error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, kind, numbers, lock)
  local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_of(token)
  local heard = redis.pcall('PUBLISH', channel, kind .. ' ' .. token .. numbers .. lock)
  return type(heard) ~= 'number' or heard > 0
end
-- Gives a free lock to the first live waiter, or only wakes it when it asked for hints. Returns that waiter's token,
-- nothing when nobody in line could have it. A heartbeat that ran out means dead; a deaf process is passed over but
-- keeps its place, for it may be reconnecting. \`me\` learns of its turn from the reply.

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
  return grant_to(keys, token, lasts_ms)
end

local function hand_off(keys, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me or offer(keys, token) then return token end
  end
end
-- What acquiring comes to when somebody holds, waits, or has the lock already.
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
-- What giving back comes to when nobody of this token holds, or the lock is to stay taken for a while.
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

/**
 * Lets a request pass where all of its limits do, and counts it against each of them then.
 *
 * Reply: {1, room, waitMicros, resetMicros, …} it passes all of them; {0, room, waitMicros, resetMicros, …} it does not; of each limit how many more may pass now, how long this one has to wait for it, and when all it counted has passed
 */
export const limiterConsume = {
  name: 'limiter/consume',
  sha1: 'e14611e14e348cab61aa92bc5e67f9e04414b379',
  eachKeys: ['limit'],
  eachArgs: ['kind', 'most', 'span', 'unit', 'cost', 'counts'],
  source: `local limits, passes = {}, true
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
-- Limits that let as many pass at once as there were spared, and then so many a time. Each says how many there is room for,
-- how long a cost would have to wait, how long until all it counted has passed, and how to count.
local LIMITS = {}

-- Token bucket: "level" in units of which a token has \`unit\` and a microsecond brings \`gain\`, so that all of it is whole.
-- (Turner, "New directions in communications", IEEE Communications Magazine 24(10), 1986: the leaky bucket.) A clock that
-- was set back brings nothing until it runs again.
function LIMITS.bucket(state, now, capacity, gain, unit)
  local saved = redis.call('ZMSCORE', state, 'level', 'at')
  local full = capacity * unit
  local level = math.min(full, tonumber(saved[1] or full) + gain * math.max(0, now - tonumber(saved[2] or now)))
  return {
    room = function(cost) return math.floor((level - cost * unit) / unit) end,
    wait = function(cost) return math.max(0, math.ceil((cost * unit - level) / gain)) end,
    reset = function(cost) return math.ceil((full - level + cost * unit) / gain) end,
    count = function(cost) redis.call('ZADD', state, level - cost * unit, 'level', now, 'at') end,
  }
end

-- Generic cell rate algorithm: "tat" is the theoretical arrival time, up to \`burst\` intervals ahead. (ITU-T I.371, 2004,
-- annex A, the virtual scheduling algorithm.) None can be further ahead, unless the clock was set back.
function LIMITS.gcra(state, now, burst, interval)
  local ahead = burst * interval
  local tat = math.max(now, math.min(tonumber(redis.call('ZSCORE', state, 'tat') or now), now + ahead))
  return {
    room = function(cost) return math.floor((now + ahead - tat) / interval) - cost end,
    wait = function(cost) return math.max(0, tat + cost * interval - now - ahead) end,
    reset = function(cost) return tat + cost * interval - now end,
    count = function(cost) redis.call('ZADD', state, tat + cost * interval, 'tat') end,
  }
end
-- Limits of windows that lie side by side from 1970 on: "window" is which one "count" is of. What was counted when the clock
-- was ahead counts in the window in which it is now.
function LIMITS.fixed(state, now, limit, window)
  local saved = redis.call('ZMSCORE', state, 'count', 'window')
  local current = math.floor(now / window)
  local count = saved[2] and tonumber(saved[2]) >= current and tonumber(saved[1]) or 0
  local left = (current + 1) * window - now
  return {
    room = function(cost) return limit - count - cost end,
    wait = function(cost) return count + cost > limit and left or 0 end,
    reset = function(cost) return count + cost > 0 and left or 0 end,
    count = function(cost) redis.call('ZADD', state, count + cost, 'count', current, 'window') end,
  }
end

-- Two of them, of which the one "before" counts by what of it lies in the window that ends now. In milliseconds, so that
-- all products are whole.
function LIMITS.counter(state, now, limit, window)
  local now_ms = math.floor(now / 1000)
  local current = math.floor(now_ms / window)
  local saved = redis.call('ZMSCORE', state, 'count', 'before', 'window')
  local age = saved[3] and current - tonumber(saved[3]) or 2
  local count = age <= 0 and tonumber(saved[1]) or 0
  local before = age <= 0 and tonumber(saved[2]) or age == 1 and tonumber(saved[1]) or 0
  local left = (current + 1) * window - now_ms
  local weight = before * left
  local function wait_ms(cost)
    local room = limit - count - cost
    if weight <= room * window then return 0 end
    if room >= 0 then return left - math.floor(room * window / before) end
    return left + window - math.min(window, math.floor((limit - cost) * window / count))
  end
  return {
    room = function(cost) return limit - count - cost - math.ceil(weight / window) end,
    wait = function(cost) return wait_ms(cost) * 1000 end,
    reset = function(cost) return (count + cost > 0 and left + window or before > 0 and left or 0) * 1000 end,
    count = function(cost) redis.call('ZADD', state, count + cost, 'count', before, 'before', current, 'window') end,
  }
end
-- Every request by its microsecond: exactly so many in any window, at an entry each. Their names are numbers that go on
-- from the newest, all of one length, so that those of one microsecond stand in order. What lies ahead of a clock that was
-- set back counts from now on.
local function spell(number) return string.format('%016.0f', number) end

function LIMITS.log(state, now, limit, window)
  local gone = now - window
  local count = redis.call('ZCOUNT', state, string.format('(%.0f', gone), '+inf')
  local newest = redis.call('ZRANGE', state, -1, -1, 'WITHSCORES')
  local last = tonumber(newest[2] or 0)
  local function score_at(at)
    local entry = redis.call('ZRANGE', state, at, at, 'WITHSCORES')
    return math.min(now, tonumber(entry[2] or now))
  end
  local function pull_back()
    local ahead = redis.call('ZRANGE', state, string.format('(%.0f', now), '+inf', 'BYSCORE')
    for _, entry in ipairs(ahead) do redis.call('ZADD', state, now, entry) end
  end
  return {
    room = function(cost) return limit - count - cost end,
    wait = function(cost)
      local over = count + cost - limit
      if over <= 0 then return 0 end
      return score_at(redis.call('ZCARD', state) - count + over - 1) + window - now
    end,
    reset = function(cost) return cost > 0 and window or count > 0 and math.min(now, last) + window - now or 0 end,
    count = function(cost)
      if last > now then pull_back() end
      for one = 1, cost do redis.call('ZADD', state, now, spell(tonumber(newest[1] or 0) + one)) end
      redis.call('ZREMRANGEBYSCORE', state, '-inf', string.format('%.0f', gone))
    end,
  }
end
for member = 1, #KEYS do
  local limit = KEYS[member]
  local kind, most, span, unit, cost, counts = unpack(ARGV, 6 * member - 5, 6 * member)
  local one = LIMITS[kind](limit, server_micros(), tonumber(most), tonumber(span), tonumber(unit))
  one.key, one.cost, one.counts = limit, tonumber(cost), counts == '1'
  one.waits = one.wait(one.cost)
  limits[member] = one
  passes = passes and one.waits == 0
end
local reply = { passes and 1 or 0 }
for _, one in ipairs(limits) do
  local cost = passes and one.counts and one.cost or 0
  if cost > 0 then
    one.count(cost)
    redis.call('PEXPIRE', one.key, math.ceil(one.reset(cost) / 1000))
  end
  reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = math.max(0, one.room(cost)), one.waits, one.reset(cost)
end
return reply
`,
} as const satisfies BatchScript;

/**
 * Forgets what limits have counted.
 *
 * Reply: {removed} how many of them had counted anything
 */
export const limiterReset = {
  name: 'limiter/reset',
  sha1: '79dc49198d8b37427b306b2a83e965ea6d43d96b',
  eachKeys: ['limit'],
  eachArgs: [],
  source: `local removed = 0
for member = 1, #KEYS do
  local limit = KEYS[member]
  removed = removed + redis.call('DEL', limit)
end
return { removed }
`,
} as const satisfies BatchScript;

/**
 * Takes the lock of something that is done once, unless what came of it is known; who cannot have it joins the line when asked.
 *
 * Reply: {fence} granted; {0, remainingMs, holder, lastFence, position, joined} somebody does it; and behind these what came of it, when that is known
 */
export const onceBegin = {
  name: 'once/begin',
  sha1: '7da11fa7850ab7c24433821b86f065b33f53444d',
  keys: ['lock', 'fence', 'queue', 'outcome'],
  args: ['token', 'ttlMs', 'queueing', 'since'],
  source: `local lock, fence, queue, outcome = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, ttl_ms, queueing, since = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
-- A token is the process it is of, a dot, and a number.
local PROCESS_ID_LENGTH = 22

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
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
-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEADS_LOOKED_AT, FIRST_GRANT_MS = '1e14', 64, 2000

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead. A first grant lasts no longer
-- than the heartbeat: waiters that froze together then cost one heartbeat in all.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  local left_ms, grant_ms = (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
  return left_ms, grant_ms <= FIRST_GRANT_MS and math.min(grant_ms, left_ms) or grant_ms
end
-- How somebody joins the line, and keeps the place in it.
local HEARTBEAT_MS, QUEUE_KEPT_MS = 2500, 5000
local joined_before = 0

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
-- Every process listens on one channel of its namespace, whose name is what stands in front of the lock's hash tag. An
-- error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, kind, numbers, lock)
  local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_of(token)
  local heard = redis.pcall('PUBLISH', channel, kind .. ' ' .. token .. numbers .. lock)
  return type(heard) ~= 'number' or heard > 0
end
-- Gives a free lock to the first live waiter, or only wakes it when it asked for hints. Returns that waiter's token,
-- nothing when nobody in line could have it. A heartbeat that ran out means dead; a deaf process is passed over but
-- keeps its place, for it may be reconnecting. \`me\` learns of its turn from the reply.

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
  return grant_to(keys, token, lasts_ms)
end

local function hand_off(keys, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me or offer(keys, token) then return token end
  end
end
-- What acquiring comes to when somebody holds, waits, or has the lock already.
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
-- What came of something begins with the fence of the lease under which it was done: the first of its block, whose last
-- one is what the counter says until somebody else is granted the lock.
local function last_fence_of(told)
  return (tonumber(string.match(told, '^{"fence":(%d+)')) or 0) + FENCE_BLOCK - 1
end
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
`,
} as const satisfies Script;

/**
 * Writes down what came of something that is done once and gives its lock back, unless somebody else has taken over.
 *
 * Reply: {1} written; {0, outcome} somebody has taken over, and wrote down this; {0} somebody has taken over
 */
export const onceFinish = {
  name: 'once/finish',
  sha1: 'd9421dd1dae4f6353a766b7e24b08672c22e1e3e',
  keys: ['lock', 'fence', 'queue', 'outcome'],
  args: ['token', 'told', 'rememberMs'],
  source: `local lock, fence, queue, outcome = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, told, remember_ms = ARGV[1], ARGV[2], ARGV[3]
-- A token is the process it is of, a dot, and a number.
local PROCESS_ID_LENGTH = 22

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
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
-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEADS_LOOKED_AT, FIRST_GRANT_MS = '1e14', 64, 2000

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead. A first grant lasts no longer
-- than the heartbeat: waiters that froze together then cost one heartbeat in all.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  local left_ms, grant_ms = (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
  return left_ms, grant_ms <= FIRST_GRANT_MS and math.min(grant_ms, left_ms) or grant_ms
end
-- Every process listens on one channel of its namespace, whose name is what stands in front of the lock's hash tag. An
-- error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, kind, numbers, lock)
  local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_of(token)
  local heard = redis.pcall('PUBLISH', channel, kind .. ' ' .. token .. numbers .. lock)
  return type(heard) ~= 'number' or heard > 0
end
-- Gives a free lock to the first live waiter, or only wakes it when it asked for hints. Returns that waiter's token,
-- nothing when nobody in line could have it. A heartbeat that ran out means dead; a deaf process is passed over but
-- keeps its place, for it may be reconnecting. \`me\` learns of its turn from the reply.

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
  return grant_to(keys, token, lasts_ms)
end

local function hand_off(keys, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me or offer(keys, token) then return token end
  end
end
-- What came of something begins with the fence of the lease under which it was done: the first of its block, whose last
-- one is what the counter says until somebody else is granted the lock.
local function last_fence_of(told)
  return (tonumber(string.match(told, '^{"fence":(%d+)')) or 0) + FENCE_BLOCK - 1
end
local held_by = redis.call('GET', lock)
-- A lease that ran out was in time when nobody has been granted the lock since.
local is_last = not held_by and tonumber(redis.call('GET', fence)) == last_fence_of(told)
if held_by == token or is_last then
  -- DEL first: Redis allows it when out of memory, and then the SET behind it too.
  redis.call('DEL', lock)
  redis.call('SET', outcome, told, 'PX', remember_ms)
  hand_off({ lock = lock, fence = fence, queue = queue }, '')
  return { 1 }
end
local theirs = redis.call('GET', outcome)
if theirs == told then return { 1 } end
return theirs and { 0, theirs } or { 0 }
`,
} as const satisfies Script;

/**
 * Forgets what came of something that is done once, so that it is done again.
 *
 * Reply: {1} forgotten; {0} there was nothing
 */
export const onceForget = {
  name: 'once/forget',
  sha1: '54e4e907628935a8283c6b646d163f0562f569ef',
  keys: ['outcome'],
  args: [],
  source: `local outcome = KEYS[1]
return { redis.call('DEL', outcome) }
`,
} as const satisfies Script;

/**
 * Gives back the lock of something that is done once, or the place in the line, with nothing done.
 *
 * Reply: {1} given back; {0} this token did not hold it
 */
export const onceLeave = {
  name: 'once/leave',
  sha1: 'a0389c2072d238131df39c6994d0e0042fe65bc6',
  keys: ['lock', 'fence', 'queue'],
  args: ['token'],
  source: `local lock, fence, queue = KEYS[1], KEYS[2], KEYS[3]
local token = ARGV[1]
-- A token is the process it is of, a dot, and a number.
local PROCESS_ID_LENGTH = 22

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
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
-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEADS_LOOKED_AT, FIRST_GRANT_MS = '1e14', 64, 2000

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead. A first grant lasts no longer
-- than the heartbeat: waiters that froze together then cost one heartbeat in all.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  local left_ms, grant_ms = (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
  return left_ms, grant_ms <= FIRST_GRANT_MS and math.min(grant_ms, left_ms) or grant_ms
end
-- Every process listens on one channel of its namespace, whose name is what stands in front of the lock's hash tag. An
-- error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, kind, numbers, lock)
  local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_of(token)
  local heard = redis.pcall('PUBLISH', channel, kind .. ' ' .. token .. numbers .. lock)
  return type(heard) ~= 'number' or heard > 0
end
-- Gives a free lock to the first live waiter, or only wakes it when it asked for hints. Returns that waiter's token,
-- nothing when nobody in line could have it. A heartbeat that ran out means dead; a deaf process is passed over but
-- keeps its place, for it may be reconnecting. \`me\` learns of its turn from the reply.

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
  return grant_to(keys, token, lasts_ms)
end

local function hand_off(keys, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me or offer(keys, token) then return token end
  end
end
local held_by = redis.call('GET', lock)
if held_by == token then redis.call('DEL', lock) else leave_queue(queue, token) end
if not held_by or held_by == token then hand_off({ lock = lock, fence = fence, queue = queue }, '') end
return { held_by == token and 1 or 0 }
`,
} as const satisfies Script;

/**
 * Makes votes of bids: where a token still holds, writes down the fences that a majority agreed on, and arms the lock again.
 *
 * Reply: {code, …} one a member: 1 voted; 0 this token does not hold the lock; -1 such fences were issued already; -2 no vote yet; a text is the error of that member alone
 */
export const quorumConfirm = {
  name: 'quorum/confirm',
  sha1: '66f50a224cd35d1a2334ab29808efdfc4747192c',
  eachKeys: ['lock', 'fence', 'seat'],
  eachArgs: ['token', 'ttlMs', 'last', 'absentMs'],
  source: `local codes = {}
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
-- Since when a server of a quorum has everything that it was told. A flush loses all of it and a restart the last of it,
-- also with persistence, so the seat names the run of the server that it was taken in. Asked once a call.
local SEAT_KEPT_MS = '2592000000'
local seat_age_ms

local function take_seat(seat, run_id, now_ms)
  redis.call('SET', seat, run_id .. string.format(' %.0f', now_ms), 'PX', SEAT_KEPT_MS)
  return 0
end

local function age_of(seat)
  if seat_age_ms then return seat_age_ms end
  local run_id, now_ms = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)'), math.floor(server_micros() / 1000)
  local taken_in, since = string.match(redis.call('GET', seat) or '', '^(%x+) (%d+)$')
  seat_age_ms = taken_in == run_id and now_ms - since or take_seat(seat, run_id, now_ms)
  return seat_age_ms, run_id
end
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
`,
} as const satisfies BatchScript;

/**
 * Puts a token where it is missing, although a majority of the servers has just renewed it: nobody else can hold.
 *
 * Reply: {1} it is there now; {0} another token is, which will not win
 */
export const quorumRejoin = {
  name: 'quorum/rejoin',
  sha1: 'af7a9efb0c943665ea61cb8b53386fc1291b45f9',
  keys: ['lock'],
  args: ['token', 'ttlMs'],
  source: `local lock = KEYS[1]
local token, ttl_ms = ARGV[1], ARGV[2]
return { redis.call('SET', lock, token, 'NX', 'PX', ttl_ms) and 1 or 0 }
`,
} as const satisfies Script;

/**
 * Takes the seat of a server in the quorum, or tells since when it has it, and keeps it for a month more.
 *
 * Reply: {ageMs, serverMs, runId} for how long it has its seat, what its clock says, and which run of the server it is
 */
export const quorumSeat = {
  name: 'quorum/seat',
  sha1: '91f341c1e565762c8d7571a5274dfab5737a0ded',
  keys: ['seat'],
  args: [],
  source: `local seat = KEYS[1]
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
-- Since when a server of a quorum has everything that it was told. A flush loses all of it and a restart the last of it,
-- also with persistence, so the seat names the run of the server that it was taken in. Asked once a call.
local SEAT_KEPT_MS = '2592000000'
local seat_age_ms

local function take_seat(seat, run_id, now_ms)
  redis.call('SET', seat, run_id .. string.format(' %.0f', now_ms), 'PX', SEAT_KEPT_MS)
  return 0
end

local function age_of(seat)
  if seat_age_ms then return seat_age_ms end
  local run_id, now_ms = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)'), math.floor(server_micros() / 1000)
  local taken_in, since = string.match(redis.call('GET', seat) or '', '^(%x+) (%d+)$')
  seat_age_ms = taken_in == run_id and now_ms - since or take_seat(seat, run_id, now_ms)
  return seat_age_ms, run_id
end
local age_ms, run_id = age_of(seat)
redis.call('PEXPIRE', seat, SEAT_KEPT_MS)
return { age_ms, math.floor(server_micros() / 1000), run_id }
`,
} as const satisfies Script;

/**
 * Takes a bid back that did not win, and puts who made it at the end of the line.
 *
 * Reply: {1} taken back; {0} there is no such bid any more
 */
export const quorumStepBack = {
  name: 'quorum/step_back',
  sha1: '76f7a5f7007ce60104dccb4c56988be19dc75384',
  keys: ['lock', 'fence', 'queue'],
  args: ['token', 'first', 'queueing', 'wake'],
  source: `local lock, fence, queue = KEYS[1], KEYS[2], KEYS[3]
local token, first, queueing, wake = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
-- A token is the process it is of, a dot, and a number.
local PROCESS_ID_LENGTH = 22

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
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
-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEADS_LOOKED_AT, FIRST_GRANT_MS = '1e14', 64, 2000

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead. A first grant lasts no longer
-- than the heartbeat: waiters that froze together then cost one heartbeat in all.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  local left_ms, grant_ms = (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
  return left_ms, grant_ms <= FIRST_GRANT_MS and math.min(grant_ms, left_ms) or grant_ms
end
-- How somebody joins the line, and keeps the place in it.
local HEARTBEAT_MS, QUEUE_KEPT_MS = 2500, 5000
local joined_before = 0

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
-- Every process listens on one channel of its namespace, whose name is what stands in front of the lock's hash tag. An
-- error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, kind, numbers, lock)
  local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_of(token)
  local heard = redis.pcall('PUBLISH', channel, kind .. ' ' .. token .. numbers .. lock)
  return type(heard) ~= 'number' or heard > 0
end
-- Gives a free lock to the first live waiter, or only wakes it when it asked for hints. Returns that waiter's token,
-- nothing when nobody in line could have it. A heartbeat that ran out means dead; a deaf process is passed over but
-- keeps its place, for it may be reconnecting. \`me\` learns of its turn from the reply.

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
  return grant_to(keys, token, lasts_ms)
end

local function hand_off(keys, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me or offer(keys, token) then return token end
  end
end
if redis.call('GET', lock) ~= token then return { 0 } end
if tonumber(redis.call('GET', fence)) ~= first + FENCE_BLOCK - 1 then return { 0 } end
redis.call('DEL', lock)
if queueing == '1' then join_queue(queue, token, 0, '') end
if wake == '1' then hand_off({ lock = lock, fence = fence, queue = queue }, '') end
return { 1 }
`,
} as const satisfies Script;

/**
 * Changes counters of an account, all of them or none, where none passes its bounds; for good, or as a reservation that may be given back.
 *
 * Reply: {1, 0, value, up, down, …} changed, and how each counter is; {0, 0, value, up, down, …} one would pass its bounds; {2, remainingMs, value, up, down, …} reserved before, and for how long yet; {3, 0, value, up, down, …} made for good before
 */
export const quotaChange = {
  name: 'quota/change',
  sha1: 'a11204cca6971ff644d98ccd13b07de089ca6fef',
  eachKeys: ['counters', 'reserved', 'amounts', 'settled'],
  eachArgs: ['name', 'by', 'least', 'most', 'initial', 'window', 'id', 'reserveMs', 'rememberMs', 'keepMs'],
  source: `local asked, account, terms = {}, {}, {}
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
-- Reservations of an account: "reserved" has each by the server's millisecond at which it ends, "amounts" what it changed:
-- "name=by@window;" of each counter.
local ENDED_AT_ONCE = 256
local now_ms = math.floor(server_micros() / 1000)

-- All keys of an account last equally long: amounts that outlived their counters, or the other way round, would be lost.
local function keep_account(keys, keep_ms)
  for _, key in pairs(keys) do redis.call('PEXPIRE', key, keep_ms) end
end

-- Ends a reservation, and takes back what it changed unless that stays. What it changed in a window that is over is gone.
local function settle(keys, id, stays)
  local amounts = redis.call('HGET', keys.amounts, id) or ''
  redis.call('ZREM', keys.reserved, id)
  redis.call('HDEL', keys.amounts, id)
  for name, by, window in string.gmatch(amounts, '([^=;]+)=([^@;]+)@([^;]+);') do
    if redis.call('HGET', keys.counters, 'w' .. name) == window then
      local change = tonumber(by)
      redis.call('HINCRBY', keys.counters, (change > 0 and 'u' or 'd') .. name, -math.abs(change))
      if not stays then redis.call('HINCRBY', keys.counters, 'v' .. name, -change) end
    end
  end
end

local function settle_ended(keys)
  local ended = redis.call('ZRANGE', keys.reserved, '-inf', now_ms, 'BYSCORE', 'LIMIT', 0, ENDED_AT_ONCE)
  for _, id in ipairs(ended) do settle(keys, id, false) end
end
-- Counters of an account: "counters" has of each its value (v), what reservations have added (u) and taken (d) that may be
-- given back, and the window that all of it is of (w).

-- A window that is over begins anew; where the clock was set back, the window that was goes on.
local function counter_of(keys, name, initial, window)
  local saved = redis.call('HMGET', keys.counters, 'v' .. name, 'u' .. name, 'd' .. name, 'w' .. name)
  local current = window > 0 and math.floor(server_micros() / window) or 0
  local before = tonumber(saved[4] or -1)
  if before < current then return { name = name, value = initial, up = 0, down = 0, window = current } end
  local value, up, down = tonumber(saved[1]), tonumber(saved[2]), tonumber(saved[3])
  return { name = name, value = value, up = up, down = down, window = before }
end

-- What reservations may give back counts on the side on which it would come.
local function fits(one)
  if one.by > 0 then return one.value + one.down + one.by <= one.most end
  return one.by == 0 or one.value - one.up + one.by >= one.least
end

local function save(keys, one)
  local name = one.name
  redis.call('HSET', keys.counters, 'v' .. name, one.value, 'u' .. name, one.up, 'd' .. name, one.down, 'w' .. name, one.window)
end
-- Ids of changes: those that are reserved, and those that were made for good.

-- How long a reservation lasts yet; nothing when there is none.
local function reserved_ms(keys, id)
  local ends_at = tonumber(redis.call('ZSCORE', keys.reserved, id) or 0)
  return ends_at > now_ms and ends_at - now_ms or nil
end

local function was_settled(keys, id)
  return tonumber(redis.call('ZSCORE', keys.settled, id) or 0) > now_ms
end

local function remember(keys, id, remember_ms)
  redis.call('ZREMRANGEBYSCORE', keys.settled, '-inf', now_ms)
  redis.call('ZADD', keys.settled, now_ms + remember_ms, id)
end
-- Makes changes that fit, for good or as a reservation.
local function make(keys, changes, terms)
  local amounts = ''
  for _, one in ipairs(changes) do
    one.value = one.value + one.by
    if terms.reserve_ms > 0 then
      local side = one.by > 0 and 'up' or 'down'
      one[side] = one[side] + math.abs(one.by)
      amounts = string.format('%s%s=%.0f@%.0f;', amounts, one.name, one.by, one.window)
    end
    save(keys, one)
  end
  if terms.reserve_ms > 0 then
    redis.call('ZADD', keys.reserved, now_ms + terms.reserve_ms, terms.id)
    redis.call('HSET', keys.amounts, terms.id, amounts)
  elseif terms.id ~= '' then
    remember(keys, terms.id, terms.remember_ms)
  end
  keep_account(keys, terms.keep_ms)
end
for member = 1, #KEYS / 4 do
  local counters, reserved, amounts, settled = KEYS[4 * member - 3], KEYS[4 * member - 2], KEYS[4 * member - 1], KEYS[4 * member]
  local name, by, least, most, initial, window, id, reserve_ms, remember_ms, keep_ms = unpack(ARGV, 10 * member - 9, 10 * member)
  account = { counters = counters, reserved = reserved, amounts = amounts, settled = settled }
  terms = { id = id, reserve_ms = tonumber(reserve_ms), remember_ms = tonumber(remember_ms), keep_ms = tonumber(keep_ms) }
  if member == 1 then settle_ended(account) end
  asked[member] = counter_of(account, name, tonumber(initial), tonumber(window))
  asked[member].by, asked[member].least, asked[member].most = tonumber(by), tonumber(least), tonumber(most)
end
local function reply_with(code, remaining_ms)
  local reply = { code, remaining_ms }
  for _, one in ipairs(asked) do
    for _, amount in ipairs({ one.value, one.up, one.down }) do reply[#reply + 1] = string.format('%.0f', amount) end
  end
  return reply
end
if was_settled(account, terms.id) then return reply_with(3, 0) end
local remaining_ms = reserved_ms(account, terms.id)
if remaining_ms then return reply_with(2, remaining_ms) end
local changes = {}
for _, one in ipairs(asked) do
  if not fits(one) then return reply_with(0, 0) end
  if one.by ~= 0 then changes[#changes + 1] = one end
end
if #changes > 0 then make(account, changes, terms) end
return reply_with(1, 0)
`,
} as const satisfies BatchScript;

/**
 * Moves what counters of one account are above their least into those of another one, all of them or none, where none passes its bounds.
 *
 * Reply: {1, moved, …} of each counter; {0, value, …} one would pass its bounds, and how much there is of each
 */
export const quotaMerge = {
  name: 'quota/merge',
  sha1: '895f3b68c50e5e108d8c308188e3e4eff186d950',
  eachKeys: ['counters', 'reserved', 'amounts', 'settled', 'into'],
  eachArgs: ['name', 'least', 'most', 'initial', 'window', 'keepMs'],
  source: `local pairs_of, reply = {}, { 1 }
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
-- Reservations of an account: "reserved" has each by the server's millisecond at which it ends, "amounts" what it changed:
-- "name=by@window;" of each counter.
local ENDED_AT_ONCE = 256
local now_ms = math.floor(server_micros() / 1000)

-- All keys of an account last equally long: amounts that outlived their counters, or the other way round, would be lost.
local function keep_account(keys, keep_ms)
  for _, key in pairs(keys) do redis.call('PEXPIRE', key, keep_ms) end
end

-- Ends a reservation, and takes back what it changed unless that stays. What it changed in a window that is over is gone.
local function settle(keys, id, stays)
  local amounts = redis.call('HGET', keys.amounts, id) or ''
  redis.call('ZREM', keys.reserved, id)
  redis.call('HDEL', keys.amounts, id)
  for name, by, window in string.gmatch(amounts, '([^=;]+)=([^@;]+)@([^;]+);') do
    if redis.call('HGET', keys.counters, 'w' .. name) == window then
      local change = tonumber(by)
      redis.call('HINCRBY', keys.counters, (change > 0 and 'u' or 'd') .. name, -math.abs(change))
      if not stays then redis.call('HINCRBY', keys.counters, 'v' .. name, -change) end
    end
  end
end

local function settle_ended(keys)
  local ended = redis.call('ZRANGE', keys.reserved, '-inf', now_ms, 'BYSCORE', 'LIMIT', 0, ENDED_AT_ONCE)
  for _, id in ipairs(ended) do settle(keys, id, false) end
end
-- Counters of an account: "counters" has of each its value (v), what reservations have added (u) and taken (d) that may be
-- given back, and the window that all of it is of (w).

-- A window that is over begins anew; where the clock was set back, the window that was goes on.
local function counter_of(keys, name, initial, window)
  local saved = redis.call('HMGET', keys.counters, 'v' .. name, 'u' .. name, 'd' .. name, 'w' .. name)
  local current = window > 0 and math.floor(server_micros() / window) or 0
  local before = tonumber(saved[4] or -1)
  if before < current then return { name = name, value = initial, up = 0, down = 0, window = current } end
  local value, up, down = tonumber(saved[1]), tonumber(saved[2]), tonumber(saved[3])
  return { name = name, value = value, up = up, down = down, window = before }
end

-- What reservations may give back counts on the side on which it would come.
local function fits(one)
  if one.by > 0 then return one.value + one.down + one.by <= one.most end
  return one.by == 0 or one.value - one.up + one.by >= one.least
end

local function save(keys, one)
  local name = one.name
  redis.call('HSET', keys.counters, 'v' .. name, one.value, 'u' .. name, one.up, 'd' .. name, one.down, 'w' .. name, one.window)
end
for member = 1, #KEYS / 5 do
  local counters, reserved, amounts, settled, into = unpack(KEYS, 5 * member - 4, 5 * member)
  local name, least, most, initial, window, keep_ms = unpack(ARGV, 6 * member - 5, 6 * member)
  local from = { counters = counters, reserved = reserved, amounts = amounts, settled = settled }
  if member == 1 then settle_ended(from) end
  local source = counter_of(from, name, tonumber(initial), tonumber(window))
  local target = counter_of({ counters = into }, name, tonumber(initial), tonumber(window))
  -- What reservations have added may be taken back: it is not there to be moved.
  target.by, target.most = math.max(0, source.value - source.up - tonumber(least)), tonumber(most)
  if not fits(target) then reply[1] = 0 end
  reply[member + 1] = string.format('%.0f', target.by)
  pairs_of[member] = { source = source, target = target, from = from, into = into, keep_ms = tonumber(keep_ms) }
end
if reply[1] == 0 then return reply end
for _, pair in ipairs(pairs_of) do
  pair.source.value, pair.target.value = pair.source.value - pair.target.by, pair.target.value + pair.target.by
  save(pair.from, pair.source)
  save({ counters = pair.into }, pair.target)
  keep_account(pair.from, pair.keep_ms)
  keep_account({ pair.into }, pair.keep_ms)
end
return reply
`,
} as const satisfies BatchScript;

/**
 * Ends a reservation, for good or by giving back what it changed; or makes it last longer.
 *
 * Reply: {1} done; {2} it was confirmed before; {0} there is none, or it is over
 */
export const quotaSettle = {
  name: 'quota/settle',
  sha1: 'a909ec233972962e49195a0e97ad9f5df060c708',
  keys: ['counters', 'reserved', 'amounts', 'settled'],
  args: ['id', 'how', 'lastsMs', 'keepMs'],
  source: `local counters, reserved, amounts, settled = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, how, lasts_ms, keep_ms = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
-- Reservations of an account: "reserved" has each by the server's millisecond at which it ends, "amounts" what it changed:
-- "name=by@window;" of each counter.
local ENDED_AT_ONCE = 256
local now_ms = math.floor(server_micros() / 1000)

-- All keys of an account last equally long: amounts that outlived their counters, or the other way round, would be lost.
local function keep_account(keys, keep_ms)
  for _, key in pairs(keys) do redis.call('PEXPIRE', key, keep_ms) end
end

-- Ends a reservation, and takes back what it changed unless that stays. What it changed in a window that is over is gone.
local function settle(keys, id, stays)
  local amounts = redis.call('HGET', keys.amounts, id) or ''
  redis.call('ZREM', keys.reserved, id)
  redis.call('HDEL', keys.amounts, id)
  for name, by, window in string.gmatch(amounts, '([^=;]+)=([^@;]+)@([^;]+);') do
    if redis.call('HGET', keys.counters, 'w' .. name) == window then
      local change = tonumber(by)
      redis.call('HINCRBY', keys.counters, (change > 0 and 'u' or 'd') .. name, -math.abs(change))
      if not stays then redis.call('HINCRBY', keys.counters, 'v' .. name, -change) end
    end
  end
end

local function settle_ended(keys)
  local ended = redis.call('ZRANGE', keys.reserved, '-inf', now_ms, 'BYSCORE', 'LIMIT', 0, ENDED_AT_ONCE)
  for _, id in ipairs(ended) do settle(keys, id, false) end
end
-- Ids of changes: those that are reserved, and those that were made for good.

-- How long a reservation lasts yet; nothing when there is none.
local function reserved_ms(keys, id)
  local ends_at = tonumber(redis.call('ZSCORE', keys.reserved, id) or 0)
  return ends_at > now_ms and ends_at - now_ms or nil
end

local function was_settled(keys, id)
  return tonumber(redis.call('ZSCORE', keys.settled, id) or 0) > now_ms
end

local function remember(keys, id, remember_ms)
  redis.call('ZREMRANGEBYSCORE', keys.settled, '-inf', now_ms)
  redis.call('ZADD', keys.settled, now_ms + remember_ms, id)
end
local account = { counters = counters, reserved = reserved, amounts = amounts, settled = settled }
settle_ended(account)
if was_settled(account, id) then return { 2 } end
if not reserved_ms(account, id) then return { 0 } end
if how == 'extend' then
  redis.call('ZADD', reserved, now_ms + lasts_ms, id)
else
  settle(account, id, how == 'confirm')
  if how == 'confirm' then remember(account, id, lasts_ms) end
end
keep_account(account, keep_ms)
return { 1 }
`,
} as const satisfies Script;

/**
 * Takes a lock for reading, beside others who read; who cannot joins the line when asked.
 *
 * Reply: {fence} granted; {0, remainingMs, holder, lastFence, position, joined} somebody writes, or waits in front
 */
export const readerEnter = {
  name: 'reader/enter',
  sha1: '5500a69149f9f3a9acf644e8641c95c84257f22b',
  keys: ['lock', 'fence', 'queue', 'readers'],
  args: ['token', 'ttlMs', 'queueing'],
  source: `local lock, fence, queue, readers = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, ttl_ms, queueing = ARGV[1], tonumber(ARGV[2]), ARGV[3]
-- A token is the process it is of, a dot, and a number.
local PROCESS_ID_LENGTH = 22

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
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
-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEADS_LOOKED_AT, FIRST_GRANT_MS = '1e14', 64, 2000

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead. A first grant lasts no longer
-- than the heartbeat: waiters that froze together then cost one heartbeat in all.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  local left_ms, grant_ms = (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
  return left_ms, grant_ms <= FIRST_GRANT_MS and math.min(grant_ms, left_ms) or grant_ms
end
-- How somebody joins the line, and keeps the place in it.
local HEARTBEAT_MS, QUEUE_KEPT_MS = 2500, 5000
local joined_before = 0

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
-- Every process listens on one channel of its namespace, whose name is what stands in front of the lock's hash tag. An
-- error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, kind, numbers, lock)
  local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_of(token)
  local heard = redis.pcall('PUBLISH', channel, kind .. ' ' .. token .. numbers .. lock)
  return type(heard) ~= 'number' or heard > 0
end
-- Gives a free lock to the first live waiter, or only wakes it when it asked for hints. Returns that waiter's token,
-- nothing when nobody in line could have it. A heartbeat that ran out means dead; a deaf process is passed over but
-- keeps its place, for it may be reconnecting. \`me\` learns of its turn from the reply.

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
  return grant_to(keys, token, lasts_ms)
end

local function hand_off(keys, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me or offer(keys, token) then return token end
  end
end
-- Readers hold a lock together: "lock" has READERS for as long as one of them has a lease, and "readers" has each token by
-- the server's millisecond at which its lease ends. A token of a reader ends in R, which no number of others does.
local READERS, READS = 'readers', 'R$'
local now_ms = math.floor(server_micros() / 1000)

-- Who holds: a token, READERS or nobody. Readers whose leases ran out are gone.
local function holder_of(keys)
  local held_by = redis.call('GET', keys.lock)
  if held_by ~= READERS then return held_by end
  redis.call('ZREMRANGEBYSCORE', keys.readers, '-inf', string.format('%.0f', now_ms))
  if redis.call('EXISTS', keys.readers) == 1 then return READERS end
  redis.call('DEL', keys.lock)
  return nil
end

-- Who is next. The dead are taken out of the line: while some read, nothing else does.
local function live_head(queue)
  for _, token in ipairs(first_in(queue, HEADS_LOOKED_AT)) do
    local left_ms = heartbeat_of(queue, token)
    if left_ms > 0 then return token end
    leave_queue(queue, token)
  end
end

-- Readers that stand next to one another go in together: each wakes the one behind it.
local function wake_reader(keys)
  local head = live_head(keys.queue)
  if head and string.find(head, READS) then publish_to(head, 'wake', ' 0 0 ', keys.lock) end
end
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
`,
} as const satisfies Script;

/**
 * Ends a reader's lease, or its place in the line; behind the last reader the lock goes to the next in line.
 *
 * Reply: {1} given back; {0} this token did not read
 */
export const readerLeave = {
  name: 'reader/leave',
  sha1: '99f64f29617e6a98a4b0464cdb9080e28e679f0f',
  keys: ['lock', 'fence', 'queue', 'readers'],
  args: ['token'],
  source: `local lock, fence, queue, readers = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token = ARGV[1]
-- A token is the process it is of, a dot, and a number.
local PROCESS_ID_LENGTH = 22

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
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
-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEADS_LOOKED_AT, FIRST_GRANT_MS = '1e14', 64, 2000

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead. A first grant lasts no longer
-- than the heartbeat: waiters that froze together then cost one heartbeat in all.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  local left_ms, grant_ms = (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
  return left_ms, grant_ms <= FIRST_GRANT_MS and math.min(grant_ms, left_ms) or grant_ms
end
-- Every process listens on one channel of its namespace, whose name is what stands in front of the lock's hash tag. An
-- error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, kind, numbers, lock)
  local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_of(token)
  local heard = redis.pcall('PUBLISH', channel, kind .. ' ' .. token .. numbers .. lock)
  return type(heard) ~= 'number' or heard > 0
end
-- Gives a free lock to the first live waiter, or only wakes it when it asked for hints. Returns that waiter's token,
-- nothing when nobody in line could have it. A heartbeat that ran out means dead; a deaf process is passed over but
-- keeps its place, for it may be reconnecting. \`me\` learns of its turn from the reply.

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
  return grant_to(keys, token, lasts_ms)
end

local function hand_off(keys, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me or offer(keys, token) then return token end
  end
end
-- Readers hold a lock together: "lock" has READERS for as long as one of them has a lease, and "readers" has each token by
-- the server's millisecond at which its lease ends. A token of a reader ends in R, which no number of others does.
local READERS, READS = 'readers', 'R$'
local now_ms = math.floor(server_micros() / 1000)

-- Who holds: a token, READERS or nobody. Readers whose leases ran out are gone.
local function holder_of(keys)
  local held_by = redis.call('GET', keys.lock)
  if held_by ~= READERS then return held_by end
  redis.call('ZREMRANGEBYSCORE', keys.readers, '-inf', string.format('%.0f', now_ms))
  if redis.call('EXISTS', keys.readers) == 1 then return READERS end
  redis.call('DEL', keys.lock)
  return nil
end

-- Who is next. The dead are taken out of the line: while some read, nothing else does.
local function live_head(queue)
  for _, token in ipairs(first_in(queue, HEADS_LOOKED_AT)) do
    local left_ms = heartbeat_of(queue, token)
    if left_ms > 0 then return token end
    leave_queue(queue, token)
  end
end

-- Readers that stand next to one another go in together: each wakes the one behind it.
local function wake_reader(keys)
  local head = live_head(keys.queue)
  if head and string.find(head, READS) then publish_to(head, 'wake', ' 0 0 ', keys.lock) end
end
local keys = { lock = lock, fence = fence, queue = queue, readers = readers }
local was_there = redis.call('ZREM', readers, token)
if was_there == 0 then leave_queue(queue, token) end
local held_by = holder_of(keys)
if not held_by then
  hand_off(keys, '')
elseif held_by == READERS and was_there == 0 then
  wake_reader(keys)
end
return { was_there }
`,
} as const satisfies Script;

/**
 * Pushes the end of the lease out for every member whose token still reads.
 *
 * Reply: {code, …} one a member: 1 renewed; 0 lost; a text is the error of that member alone
 */
export const readerRenew = {
  name: 'reader/renew',
  sha1: 'ef398901e52d1843805783383219185d65e58043',
  eachKeys: ['lock', 'readers'],
  eachArgs: ['token', 'ttlMs'],
  source: `local codes = {}
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
-- The code of a member, or its trouble as a text; and behind it the answer to the whole call, where a server that takes no
-- writes takes none of any member, so that the client looks elsewhere. Redis 7 raises tables, Redis 6 texts.
local function code_of(renew, ...)
  local done, code = pcall(renew, ...)
  if done then return code end
  local trouble = type(code) == 'table' and code.err or code
  return trouble, string.find(trouble, 'READONLY', 1, true) and redis.error_reply(trouble)
end
local now_ms = math.floor(server_micros() / 1000)

-- PEXPIRE first: it is allowed when out of memory, and then ZADD is, too.
local function renew(lock, readers, token, ttl_ms)
  local ends_at = tonumber(redis.call('ZMSCORE', readers, token)[1])
  if not ends_at or ends_at <= now_ms or redis.call('GET', lock) ~= 'readers' then
    redis.call('ZREM', readers, token)
    return 0
  end
  local lasts_ms = math.max(redis.call('PTTL', lock), ttl_ms)
  redis.call('PEXPIRE', lock, lasts_ms)
  redis.call('PEXPIRE', readers, lasts_ms)
  redis.call('ZADD', readers, 'XX', string.format('%.0f', now_ms + ttl_ms), token)
  return 1
end

for member = 1, #KEYS / 2 do
  local lock, readers = KEYS[2 * member - 1], KEYS[2 * member]
  local token, ttl_ms = ARGV[2 * member - 1], ARGV[2 * member]
  local code, refusal = code_of(renew, lock, readers, token, tonumber(ttl_ms))
  if refusal then return refusal end
  codes[member] = code
end
return codes
`,
} as const satisfies BatchScript;

/**
 * Gives the permits of a token back, or its place in the line, and what is free then to those who wait.
 *
 * Reply: {1} given back; {0} this token had none
 */
export const semaphoreGiveBack = {
  name: 'semaphore/give_back',
  sha1: '4a664691203281871c34e775eafb8bb1ef1e6a83',
  keys: ['permits', 'holds', 'fence', 'queue', 'size'],
  args: ['token'],
  source: `local permits, holds, fence, queue, size = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local token = ARGV[1]
-- A token is the process it is of, a dot, and a number.
local PROCESS_ID_LENGTH = 22

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
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
-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEADS_LOOKED_AT, FIRST_GRANT_MS = '1e14', 64, 2000

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead. A first grant lasts no longer
-- than the heartbeat: waiters that froze together then cost one heartbeat in all.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  local left_ms, grant_ms = (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
  return left_ms, grant_ms <= FIRST_GRANT_MS and math.min(grant_ms, left_ms) or grant_ms
end
-- Every process listens on one channel of its namespace, whose name is what stands in front of the lock's hash tag. An
-- error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, kind, numbers, lock)
  local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_of(token)
  local heard = redis.pcall('PUBLISH', channel, kind .. ' ' .. token .. numbers .. lock)
  return type(heard) ~= 'number' or heard > 0
end
-- Who has permits of a semaphore: "permits" has each token by the server's millisecond at which its lease ends, "holds" its
-- fence and how many it has; in MORE how many all of them have beyond one each, and in SIZE how many there are as the last
-- caller knew it, for those who do not say it. No token is called so.
local MORE, SIZE, ENDED_AT_ONCE = '+', '=', 256
local now_ms = math.floor(server_micros() / 1000)

-- The fence of a token, and how many permits it has.
local function hold_of(keys, token)
  local fence, permits = string.match(redis.call('HGET', keys.holds, token) or '', '^(%d+) (%d+)$')
  return tonumber(fence), tonumber(permits) or 1
end

-- Whether the token had some. Begins with what is allowed when out of memory.
local function take_back(keys, token)
  if redis.call('ZREM', keys.permits, token) == 0 then return false end
  local _, permits = hold_of(keys, token)
  redis.call('HDEL', keys.holds, token)
  if permits > 1 then redis.call('HINCRBY', keys.holds, MORE, 1 - permits) end
  return true
end

-- A lease that ran out gives its permits back, and no others. \`most\` is what the caller knows of how many there are. The
-- key ends with the last lease, or somebody deleted it: what is written beside it of tokens is of nobody then.
local function free_of(keys, most)
  local size = tonumber(redis.call('GET', keys.size)) or most or tonumber(redis.call('HGET', keys.holds, SIZE)) or 0
  if redis.call('EXISTS', keys.permits) == 0 then
    redis.call('DEL', keys.holds)
    return size
  end
  local ended = redis.call('ZRANGE', keys.permits, '-inf', string.format('%.0f', now_ms), 'BYSCORE', 'LIMIT', 0, ENDED_AT_ONCE)
  for _, token in ipairs(ended) do take_back(keys, token) end
  return size - redis.call('ZCARD', keys.permits) - (tonumber(redis.call('HGET', keys.holds, MORE)) or 0)
end

-- Entries end by themselves, their keys with the last of them.
local function keep(key, lasts_ms)
  if redis.call('PTTL', key) < lasts_ms then redis.call('PEXPIRE', key, lasts_ms) end
end

-- The fence first: when its key is of another type, that is an error and leaves no permit behind.
local function give(keys, token, lasts_ms, permits)
  local fence = issue_fence(keys.fence)
  redis.call('HSET', keys.holds, token, string.format('%.0f %.0f', fence, permits))
  if permits > 1 then redis.call('HINCRBY', keys.holds, MORE, permits - 1) end
  redis.call('ZADD', keys.permits, string.format('%.0f', now_ms + lasts_ms), token)
  keep(keys.permits, lasts_ms)
  keep(keys.holds, lasts_ms)
  return fence
end
-- Gives free permits to those in line, in their order, for as long as there are enough for the next one: whoever wants many
-- is not passed by those who want few. How many a waiter wants is in "%token", where that is not one.

local function leave_line(queue, token)
  redis.call('ZREM', queue, '%' .. token)
  leave_queue(queue, token)
end

local function wanted_by(queue, token)
  return tonumber(redis.call('ZSCORE', queue, '%' .. token)) or 1
end

-- A grant that nobody heard is taken back: a deaf process keeps its place, for it may be reconnecting.
local function give_by_push(keys, token, lasts_ms, permits)
  local fence = give(keys, token, lasts_ms, permits)
  local heard = publish_to(token, 'granted', string.format(' %.0f %.0f ', fence, lasts_ms), keys.permits)
  if heard then leave_line(keys.queue, token) else take_back(keys, token) end
  return heard
end

-- How many of \`permits\` this waiter makes use of; nothing when it is dead.
local function offer(keys, token, permits)
  local left_ms, lasts_ms = heartbeat_of(keys.queue, token)
  if left_ms <= 0 then leave_line(keys.queue, token) return 0 end
  if lasts_ms == 0 then return publish_to(token, 'wake', ' 0 0 ', keys.permits) and permits or 0 end
  return give_by_push(keys, token, lasts_ms, permits) and permits or 0
end

-- How many are left for \`me\`, who stands in line or behind it; none when those in front of it wait for more than there are.
local function serve_line(keys, free, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me then return free end
    local permits, left_ms = wanted_by(keys.queue, token), heartbeat_of(keys.queue, token)
    if permits > free and left_ms > 0 then return 0 end
    free = free - offer(keys, token, permits)
  end
  return free
end
local keys = { permits = permits, holds = holds, fence = fence, queue = queue, size = size }
local given = take_back(keys, token)
if not given then leave_line(queue, token) end
if redis.call('EXISTS', queue) == 1 then
  serve_line(keys, free_of(keys), '')
elseif redis.call('EXISTS', permits) == 0 then
  redis.call('DEL', holds)
end
return { given and 1 or 0 }
`,
} as const satisfies Script;

/**
 * Tells who has permits of a semaphore, and how many stand in line. Changes nothing.
 *
 * Reply: {size, waiting, lastFence, holders, more, token, remainingMs, fence and permits, …} size is 0 where the callers say it; more is what all have beyond one each
 */
export const semaphoreInspect = {
  name: 'semaphore/inspect',
  sha1: 'c83362ede467777a1b705a21c7949284982f9e83',
  keys: ['permits', 'holds', 'fence', 'queue', 'size'],
  args: ['many'],
  source: `local permits, holds, fence, queue, size = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local many = tonumber(ARGV[1])
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
local now_ms = math.floor(server_micros() / 1000)
local after = '(' .. string.format('%.0f', now_ms)
local reply = {
  tonumber(redis.call('GET', size)) or 0,
  redis.call('ZCOUNT', queue, '1e14', '+inf'),
  tonumber(redis.call('GET', fence)) or 0,
  redis.call('ZCOUNT', permits, after, '+inf'),
  tonumber(redis.call('HGET', holds, '+')) or 0,
}
local live = redis.call('ZRANGE', permits, after, '+inf', 'BYSCORE', 'LIMIT', 0, many, 'WITHSCORES')
for at = 1, #live, 2 do
  reply[#reply + 1] = live[at]
  reply[#reply + 1] = tonumber(live[at + 1]) - now_ms
  reply[#reply + 1] = redis.call('HGET', holds, live[at]) or ''
end
return reply
`,
} as const satisfies Script;

/**
 * Pushes the end of the lease out for every member whose token still has its permits.
 *
 * Reply: {code, …} one a member: 1 renewed; 0 lost; a text is the error of that member alone
 */
export const semaphoreRenew = {
  name: 'semaphore/renew',
  sha1: '631b675e07625f79d5f45452d9a2391e0628c388',
  eachKeys: ['permits', 'holds'],
  eachArgs: ['token', 'ttlMs'],
  source: `local codes = {}
-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
-- The code of a member, or its trouble as a text; and behind it the answer to the whole call, where a server that takes no
-- writes takes none of any member, so that the client looks elsewhere. Redis 7 raises tables, Redis 6 texts.
local function code_of(renew, ...)
  local done, code = pcall(renew, ...)
  if done then return code end
  local trouble = type(code) == 'table' and code.err or code
  return trouble, string.find(trouble, 'READONLY', 1, true) and redis.error_reply(trouble)
end
local now_ms = math.floor(server_micros() / 1000)

-- PEXPIRE first: it is allowed when out of memory, and then ZADD is, too.
local function renew(permits, holds, token, ttl_ms)
  local ends_at = tonumber(redis.call('ZMSCORE', permits, token)[1])
  if not ends_at or ends_at <= now_ms then return 0 end
  for _, key in ipairs({ permits, holds }) do
    redis.call('PEXPIRE', key, math.max(redis.call('PTTL', key), ttl_ms))
  end
  redis.call('ZADD', permits, 'XX', string.format('%.0f', now_ms + ttl_ms), token)
  return 1
end

for member = 1, #KEYS / 2 do
  local permits, holds = KEYS[2 * member - 1], KEYS[2 * member]
  local token, ttl_ms = ARGV[2 * member - 1], ARGV[2 * member]
  local code, refusal = code_of(renew, permits, holds, token, tonumber(ttl_ms))
  if refusal then return refusal end
  codes[member] = code
end
return codes
`,
} as const satisfies BatchScript;

/**
 * Says for all how many permits a semaphore has, or that its users say so again, and gives what is free then to those who wait.
 *
 * Reply: {1} from now on
 */
export const semaphoreResize = {
  name: 'semaphore/resize',
  sha1: 'db5b3e3090fd7790c664b240277021e2eb6f9383',
  keys: ['permits', 'holds', 'fence', 'queue', 'size'],
  args: ['most', 'keptMs'],
  source: `local permits, holds, fence, queue, size = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local most, kept_ms = tonumber(ARGV[1]), ARGV[2]
-- A token is the process it is of, a dot, and a number.
local PROCESS_ID_LENGTH = 22

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
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
-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEADS_LOOKED_AT, FIRST_GRANT_MS = '1e14', 64, 2000

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead. A first grant lasts no longer
-- than the heartbeat: waiters that froze together then cost one heartbeat in all.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  local left_ms, grant_ms = (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
  return left_ms, grant_ms <= FIRST_GRANT_MS and math.min(grant_ms, left_ms) or grant_ms
end
-- Every process listens on one channel of its namespace, whose name is what stands in front of the lock's hash tag. An
-- error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, kind, numbers, lock)
  local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_of(token)
  local heard = redis.pcall('PUBLISH', channel, kind .. ' ' .. token .. numbers .. lock)
  return type(heard) ~= 'number' or heard > 0
end
-- Who has permits of a semaphore: "permits" has each token by the server's millisecond at which its lease ends, "holds" its
-- fence and how many it has; in MORE how many all of them have beyond one each, and in SIZE how many there are as the last
-- caller knew it, for those who do not say it. No token is called so.
local MORE, SIZE, ENDED_AT_ONCE = '+', '=', 256
local now_ms = math.floor(server_micros() / 1000)

-- The fence of a token, and how many permits it has.
local function hold_of(keys, token)
  local fence, permits = string.match(redis.call('HGET', keys.holds, token) or '', '^(%d+) (%d+)$')
  return tonumber(fence), tonumber(permits) or 1
end

-- Whether the token had some. Begins with what is allowed when out of memory.
local function take_back(keys, token)
  if redis.call('ZREM', keys.permits, token) == 0 then return false end
  local _, permits = hold_of(keys, token)
  redis.call('HDEL', keys.holds, token)
  if permits > 1 then redis.call('HINCRBY', keys.holds, MORE, 1 - permits) end
  return true
end

-- A lease that ran out gives its permits back, and no others. \`most\` is what the caller knows of how many there are. The
-- key ends with the last lease, or somebody deleted it: what is written beside it of tokens is of nobody then.
local function free_of(keys, most)
  local size = tonumber(redis.call('GET', keys.size)) or most or tonumber(redis.call('HGET', keys.holds, SIZE)) or 0
  if redis.call('EXISTS', keys.permits) == 0 then
    redis.call('DEL', keys.holds)
    return size
  end
  local ended = redis.call('ZRANGE', keys.permits, '-inf', string.format('%.0f', now_ms), 'BYSCORE', 'LIMIT', 0, ENDED_AT_ONCE)
  for _, token in ipairs(ended) do take_back(keys, token) end
  return size - redis.call('ZCARD', keys.permits) - (tonumber(redis.call('HGET', keys.holds, MORE)) or 0)
end

-- Entries end by themselves, their keys with the last of them.
local function keep(key, lasts_ms)
  if redis.call('PTTL', key) < lasts_ms then redis.call('PEXPIRE', key, lasts_ms) end
end

-- The fence first: when its key is of another type, that is an error and leaves no permit behind.
local function give(keys, token, lasts_ms, permits)
  local fence = issue_fence(keys.fence)
  redis.call('HSET', keys.holds, token, string.format('%.0f %.0f', fence, permits))
  if permits > 1 then redis.call('HINCRBY', keys.holds, MORE, permits - 1) end
  redis.call('ZADD', keys.permits, string.format('%.0f', now_ms + lasts_ms), token)
  keep(keys.permits, lasts_ms)
  keep(keys.holds, lasts_ms)
  return fence
end
-- Gives free permits to those in line, in their order, for as long as there are enough for the next one: whoever wants many
-- is not passed by those who want few. How many a waiter wants is in "%token", where that is not one.

local function leave_line(queue, token)
  redis.call('ZREM', queue, '%' .. token)
  leave_queue(queue, token)
end

local function wanted_by(queue, token)
  return tonumber(redis.call('ZSCORE', queue, '%' .. token)) or 1
end

-- A grant that nobody heard is taken back: a deaf process keeps its place, for it may be reconnecting.
local function give_by_push(keys, token, lasts_ms, permits)
  local fence = give(keys, token, lasts_ms, permits)
  local heard = publish_to(token, 'granted', string.format(' %.0f %.0f ', fence, lasts_ms), keys.permits)
  if heard then leave_line(keys.queue, token) else take_back(keys, token) end
  return heard
end

-- How many of \`permits\` this waiter makes use of; nothing when it is dead.
local function offer(keys, token, permits)
  local left_ms, lasts_ms = heartbeat_of(keys.queue, token)
  if left_ms <= 0 then leave_line(keys.queue, token) return 0 end
  if lasts_ms == 0 then return publish_to(token, 'wake', ' 0 0 ', keys.permits) and permits or 0 end
  return give_by_push(keys, token, lasts_ms, permits) and permits or 0
end

-- How many are left for \`me\`, who stands in line or behind it; none when those in front of it wait for more than there are.
local function serve_line(keys, free, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me then return free end
    local permits, left_ms = wanted_by(keys.queue, token), heartbeat_of(keys.queue, token)
    if permits > free and left_ms > 0 then return 0 end
    free = free - offer(keys, token, permits)
  end
  return free
end
if most == 0 then
  redis.call('DEL', size)
  return { 1 }
end
redis.call('SET', size, most, 'PX', kept_ms)
local keys = { permits = permits, holds = holds, fence = fence, queue = queue, size = size }
if redis.call('EXISTS', queue) == 1 then serve_line(keys, free_of(keys, most), '') end
return { 1 }
`,
} as const satisfies Script;

/**
 * Takes permits of a semaphore, or arms those again that the token has; who cannot have them joins the line when asked.
 *
 * Reply: {fence} granted; {0, remainingMs, holder, lastFence, position, joined} not enough are free: how long until the next lease ends, and whose
 */
export const semaphoreTake = {
  name: 'semaphore/take',
  sha1: '343d745205c2307abcbee720cb57d26cdcc4c533',
  keys: ['permits', 'holds', 'fence', 'queue', 'size'],
  args: ['token', 'ttlMs', 'grantMs', 'wanted', 'most'],
  source: `local permits, holds, fence, queue, size = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local token, ttl_ms, grant_ms, wanted, most = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
-- A token is the process it is of, a dot, and a number.
local PROCESS_ID_LENGTH = 22

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
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
-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEADS_LOOKED_AT, FIRST_GRANT_MS = '1e14', 64, 2000

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead. A first grant lasts no longer
-- than the heartbeat: waiters that froze together then cost one heartbeat in all.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  local left_ms, grant_ms = (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
  return left_ms, grant_ms <= FIRST_GRANT_MS and math.min(grant_ms, left_ms) or grant_ms
end
-- How somebody joins the line, and keeps the place in it.
local HEARTBEAT_MS, QUEUE_KEPT_MS = 2500, 5000
local joined_before = 0

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
-- Every process listens on one channel of its namespace, whose name is what stands in front of the lock's hash tag. An
-- error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, kind, numbers, lock)
  local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_of(token)
  local heard = redis.pcall('PUBLISH', channel, kind .. ' ' .. token .. numbers .. lock)
  return type(heard) ~= 'number' or heard > 0
end
-- Who has permits of a semaphore: "permits" has each token by the server's millisecond at which its lease ends, "holds" its
-- fence and how many it has; in MORE how many all of them have beyond one each, and in SIZE how many there are as the last
-- caller knew it, for those who do not say it. No token is called so.
local MORE, SIZE, ENDED_AT_ONCE = '+', '=', 256
local now_ms = math.floor(server_micros() / 1000)

-- The fence of a token, and how many permits it has.
local function hold_of(keys, token)
  local fence, permits = string.match(redis.call('HGET', keys.holds, token) or '', '^(%d+) (%d+)$')
  return tonumber(fence), tonumber(permits) or 1
end

-- Whether the token had some. Begins with what is allowed when out of memory.
local function take_back(keys, token)
  if redis.call('ZREM', keys.permits, token) == 0 then return false end
  local _, permits = hold_of(keys, token)
  redis.call('HDEL', keys.holds, token)
  if permits > 1 then redis.call('HINCRBY', keys.holds, MORE, 1 - permits) end
  return true
end

-- A lease that ran out gives its permits back, and no others. \`most\` is what the caller knows of how many there are. The
-- key ends with the last lease, or somebody deleted it: what is written beside it of tokens is of nobody then.
local function free_of(keys, most)
  local size = tonumber(redis.call('GET', keys.size)) or most or tonumber(redis.call('HGET', keys.holds, SIZE)) or 0
  if redis.call('EXISTS', keys.permits) == 0 then
    redis.call('DEL', keys.holds)
    return size
  end
  local ended = redis.call('ZRANGE', keys.permits, '-inf', string.format('%.0f', now_ms), 'BYSCORE', 'LIMIT', 0, ENDED_AT_ONCE)
  for _, token in ipairs(ended) do take_back(keys, token) end
  return size - redis.call('ZCARD', keys.permits) - (tonumber(redis.call('HGET', keys.holds, MORE)) or 0)
end

-- Entries end by themselves, their keys with the last of them.
local function keep(key, lasts_ms)
  if redis.call('PTTL', key) < lasts_ms then redis.call('PEXPIRE', key, lasts_ms) end
end

-- The fence first: when its key is of another type, that is an error and leaves no permit behind.
local function give(keys, token, lasts_ms, permits)
  local fence = issue_fence(keys.fence)
  redis.call('HSET', keys.holds, token, string.format('%.0f %.0f', fence, permits))
  if permits > 1 then redis.call('HINCRBY', keys.holds, MORE, permits - 1) end
  redis.call('ZADD', keys.permits, string.format('%.0f', now_ms + lasts_ms), token)
  keep(keys.permits, lasts_ms)
  keep(keys.holds, lasts_ms)
  return fence
end
-- Gives free permits to those in line, in their order, for as long as there are enough for the next one: whoever wants many
-- is not passed by those who want few. How many a waiter wants is in "%token", where that is not one.

local function leave_line(queue, token)
  redis.call('ZREM', queue, '%' .. token)
  leave_queue(queue, token)
end

local function wanted_by(queue, token)
  return tonumber(redis.call('ZSCORE', queue, '%' .. token)) or 1
end

-- A grant that nobody heard is taken back: a deaf process keeps its place, for it may be reconnecting.
local function give_by_push(keys, token, lasts_ms, permits)
  local fence = give(keys, token, lasts_ms, permits)
  local heard = publish_to(token, 'granted', string.format(' %.0f %.0f ', fence, lasts_ms), keys.permits)
  if heard then leave_line(keys.queue, token) else take_back(keys, token) end
  return heard
end

-- How many of \`permits\` this waiter makes use of; nothing when it is dead.
local function offer(keys, token, permits)
  local left_ms, lasts_ms = heartbeat_of(keys.queue, token)
  if left_ms <= 0 then leave_line(keys.queue, token) return 0 end
  if lasts_ms == 0 then return publish_to(token, 'wake', ' 0 0 ', keys.permits) and permits or 0 end
  return give_by_push(keys, token, lasts_ms, permits) and permits or 0
end

-- How many are left for \`me\`, who stands in line or behind it; none when those in front of it wait for more than there are.
local function serve_line(keys, free, me)
  for _, token in ipairs(first_in(keys.queue, HEADS_LOOKED_AT)) do
    if token == me then return free end
    local permits, left_ms = wanted_by(keys.queue, token), heartbeat_of(keys.queue, token)
    if permits > free and left_ms > 0 then return 0 end
    free = free - offer(keys, token, permits)
  end
  return free
end
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
`,
} as const satisfies Script;

/** All of them, for loading at connect and for tests. */
export const allScripts = [holderAnnounce, holderList, holderLookup, holderWithdraw, jobClaimTick, jobDefine, jobFinish, jobHistory, jobInspect, jobPause, jobPoll, jobRenew, jobRunNow, jobSave, latchArrive, latchLook, latchReset, latchWithdraw, leaderClaim, leaderInspect, leaseBatch, leaseInspect, leaseRenew, limiterConsume, limiterReset, onceBegin, onceFinish, onceForget, onceLeave, quorumConfirm, quorumRejoin, quorumSeat, quorumStepBack, quotaChange, quotaMerge, quotaSettle, readerEnter, readerLeave, readerRenew, semaphoreGiveBack, semaphoreInspect, semaphoreRenew, semaphoreResize, semaphoreTake] as const;
