-- A run begins, or is left out. All answers are of one form: what happened, the server's clock, and of a run its name, its
-- fence, its attempt, and what an attempt before it saved.

local LEAST_KEPT_MS = 60000

-- What is said of runs outlives their leases, also where these last longer than a job is kept, and others' last longer still.
local function keep(key)
  local least_ms = math.max(tonumber(is.keepMs), ttl_ms + LEAST_KEPT_MS)
  if redis.call('PTTL', key) < least_ms then redis.call('PEXPIRE', key, whole(least_ms)) end
end

-- From now on the run is lost when its process is silent for `ttl_ms`.
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
