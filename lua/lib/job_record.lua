-- What is known of a run that is not over: fields "<run>/<what>" in `runs`; what was never written is ''.
local RECORD = {
  'token', 'fence', 'attempt', 'tick', 'startedAt', 'who', 'version', 'progress', 'checkpoint', 'cancel',
}

local function fields_of(run)
  local fields = {}
  for at, what in ipairs(RECORD) do fields[at] = run .. '/' .. what end
  return fields
end

local function record_of(run)
  local record, values = {}, redis.call('HMGET', runs, unpack(fields_of(run)))
  for at, what in ipairs(RECORD) do record[what] = values[at] or '' end
  return record
end
