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
