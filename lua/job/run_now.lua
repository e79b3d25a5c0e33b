--- Runs a job out of its turn: at once and here when that may be, or as the overlap policy says.
-- @key job HASH the definition that holds now
-- @key running ZSET runs that are not over
-- @key runs HASH what is known of them
-- @key minted STRING last fence issued to a run
-- @key history STREAM how runs ended
-- @key skips STREAM ticks that did not become runs
-- @arg token proof of the run
-- @arg ttlMs how long its lease lasts from now
-- @arg who process that would run it; nothing when the caller cannot, then the next one that asks for work does
-- @arg version of the application that this process runs, for people to read
-- @reply {'run', nowMs, run, fence, attempt, checkpoint}; {'queued', nowMs}; {'skipped:overlap', nowMs}; {'unknown', nowMs} no process has this job
local job, running, runs, minted, history, skips = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local token, ttl_ms, who, version = unpack(ARGV)
-- @include lib/time
-- @include lib/fence
-- @include lib/job_state
-- @include lib/job_record
-- @include lib/job_runs
-- @include lib/job_start
-- @include lib/job_overlap
if is.hash == '' then return { 'unknown', now_ms } end
return start_or_wait('manual-' .. whole(server_micros()), nothing_in_the_way())
