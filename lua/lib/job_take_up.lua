-- What there is to do for a process that asks for work: a lost run that is to be tried again, or the one that waits.

local function try_again(run)
  local record = record_of(run)
  note(run, record, 'lost', '')
  return start(run, record.attempt + 1)
end

local function take_up()
  local lost, run = settle(), is.waiting
  if lost then return try_again(lost) end
  if run == '' or busy() then return nil end
  set_state('waiting', '')
  -- Paused meanwhile; what somebody asked for is run all the same.
  if is.paused ~= '1' or tick_of(run) ~= run then return start(run, 1) end
  skip(run, 'paused')
end
