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
-- @arg version of the application that this process runs, for people to read
-- @reply {'run', nowMs, run, fence, attempt, checkpoint}; {'queued', nowMs}; {'skipped:<paused, missed or overlap>', nowMs}; {'claimed', nowMs} by somebody before; {'stale', nowMs} too old to tell; {'busy', nowMs} a late one has to be claimed again when nothing runs; {'early', nowMs}; {'superseded', nowMs} another definition holds; {'unknown', nowMs} none does
local job, ticks, running, runs, minted, history, skips = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local tick, delay_ms, next_tick, hash, token, ttl_ms, who, version = unpack(ARGV)
-- @include lib/time
-- @include lib/fence
-- @include lib/job_state
-- @include lib/job_record
-- @include lib/job_runs
-- @include lib/job_start
-- @include lib/job_again
-- @include lib/job_overlap
-- @include lib/job_tick
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
