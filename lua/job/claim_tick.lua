--- Claims one tick of a schedule for one process and starts its run, or says why there is nothing to run.
-- @key job HASH the definition that holds now, whether it is paused, what waits, and how runs ended so far
-- @key ticks ZSET ticks that somebody claimed, by their time; those below the floor of the job are left out
-- @key running ZSET runs that are not over, by the millisecond at which their leases end
-- @key runs HASH of each run that is not over its token, fence, attempt, tick, start, process, progress, checkpoint and whether it is to stop
-- @key minted STRING last fence issued to a run
-- @key history STREAM how runs ended, the last ones
-- @key skips STREAM ticks that did not become runs, the last ones
-- @arg tick due time by the schedule, in milliseconds since 1970; names the run
-- @arg delayMs how much later it may start, the same for every process
-- @arg nextTick the tick behind it
-- @arg hash which definition the caller goes by
-- @arg token proof of the claim, the same in every attempt
-- @arg ttlMs how long the lease of the run lasts from now
-- @arg who process that would run it, for people to read
-- @reply {'run', nowMs, run, fence, attempt, checkpoint}; {'queued', nowMs}; {'skipped:<paused, missed or overlap>', nowMs}; {'claimed', nowMs} by somebody before; {'stale', nowMs} too old to tell; {'busy', nowMs} a late one has to be claimed again when nothing runs; {'early', nowMs}; {'superseded', nowMs} another definition holds; {'unknown', nowMs} none does
local job, ticks, running, runs, minted, history, skips = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local tick, delay_ms, next_tick, hash, token, ttl_ms, who = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
-- @include lib/time
-- @include lib/fence
-- @include lib/job_state
-- @include lib/job_runs
-- @include lib/job_start
-- @include lib/job_overlap
-- @include lib/job_tick
local EARLY_MS = 50

-- The same claim again: its answer was lost.
local function told_before()
  local record = record_of(tick)
  if record.token ~= token then return { 'claimed', now_ms } end
  redis.call('ZADD', running, whole(now_ms + ttl_ms), tick)
  return { 'run', now_ms, tick, record.fence, tonumber(record.attempt), record.checkpoint }
end

local function refusal()
  if is.hash == '' then return { 'unknown', now_ms } end
  if redis.call('ZSCORE', ticks, tick) then return told_before() end
  if is.hash ~= hash then return { 'superseded', now_ms } end
  if now_ms < due_ms - EARLY_MS then return { 'early', now_ms } end
  if tonumber(tick) <= tonumber(is.floor) then return { 'stale', now_ms } end
end

local refused = refusal()
if refused then return refused end
local missed = is_missed()
settle()
-- What is made up for is made up for one by one; the overlap policy is for ticks that come in time.
if is_late and not missed and is.paused ~= '1' and busy() then return { 'busy', now_ms } end
claim()
if is.paused == '1' then return skip(tick, 'paused') end
if missed then return skip(tick, 'missed') end
return start_or_wait(tick)
