-- What there is to do for a process that asks for work: a lost run that is to be tried again, or the one that waits.

local function try_again(run)
  local record = record_of(run)
  note(run, record, 'lost', '')
  return start(run, record.attempt + 1)
end

-- The same question again: its answer was lost.
local function taken_up_before()
  for _, run in ipairs(redis.call('ZRANGE', running, 0, -1)) do
    local record = record_of(run)
    if record.token == token then
      redis.call('ZADD', running, whole(now_ms + ttl_ms), run)
      return { 'run', now_ms, run, record.fence, tonumber(record.attempt), record.checkpoint }
    end
  end
end

local function take_up()
  local before = taken_up_before()
  if before then return before end
  local lost, run = settle(), is.waiting
  if lost then return try_again(lost) end
  if run == '' or busy() then return nil end
  set_state('waiting', '')
  -- Paused meanwhile; what somebody asked for is run all the same.
  if is.paused ~= '1' or tick_of(run) ~= run then return start(run, 1) end
  skip(run, 'paused')
end
