--- Ends a run and says how it went, unless another attempt took its place; gives its process the run that waited for it.
-- @key job HASH the definition that holds now
-- @key running ZSET runs that are not over
-- @key runs HASH what is known of them
-- @key minted STRING last fence issued to a run
-- @key history STREAM how runs ended
-- @key skips STREAM ticks that did not become runs
-- @arg run which one
-- @arg fence of the attempt that ended
-- @arg outcome 'ok', 'failed' or 'cancelled'; 'unclaimed' when its body never began; 'abandoned' when its process leaves it, as a crash would, but at once
-- @arg errorText what went wrong, or nothing
-- @arg token proof of the run that may be taken up, the same in every attempt
-- @arg ttlMs how long its lease lasts from now
-- @arg who process that would run it; nothing when it takes no run any more
-- @arg version of the application that this process runs, for people to read
-- @reply {'done', nowMs}; {'superseded', nowMs} another attempt took its place, and nothing was written; {'run', nowMs, run, fence, attempt, checkpoint} done, and this one is taken up
local job, running, runs, minted, history, skips = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local run, fence, outcome, error_text, token, ttl_ms, who, version = unpack(ARGV)
-- @include lib/time
-- @include lib/fence
-- @include lib/job_state
-- @include lib/job_record
-- @include lib/job_runs
-- @include lib/job_start
-- @include lib/job_again
-- @include lib/job_take_up

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
