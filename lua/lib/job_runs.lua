-- A run that is not over stands in `running`, by the millisecond at which its lease ends, and has fields "<run>/<what>" in
-- `runs`. A lease that ended without `finish` means a lost run: it is written into the history, and where it may be tried
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
