--- Says that a process has this job, ends what is lost, and gives the process a run to take up if there is one.
-- @key job HASH the definition that holds now
-- @key running ZSET runs that are not over
-- @key runs HASH what is known of them
-- @key minted STRING last fence issued to a run
-- @key history STREAM how runs ended
-- @key skips STREAM ticks that did not become runs
-- @arg hash names the definition that the process brought
-- @arg token proof of the run that may be taken up, the same until there was an answer
-- @arg ttlMs how long its lease lasts from now
-- @arg who process that would run it; nothing when it takes no run now
-- @arg version of the application that this process runs, for people to read
-- @reply {'idle', nowMs, floor, accounted, paused, hash, definition, run…} the definition is there when another one holds; each run is one that was asked to stop; {'run', nowMs, run, fence, attempt, checkpoint} taken up; {'unknown', nowMs} no definition holds, or one that gives way to the caller's when it is brought
local job, running, runs, minted, history, skips = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local hash, token, ttl_ms, who, version = unpack(ARGV)
-- @include lib/time
-- @include lib/fence
-- @include lib/job_state
-- @include lib/job_alive
-- @include lib/job_record
-- @include lib/job_runs
-- @include lib/job_start
-- @include lib/job_again
-- @include lib/job_take_up
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
