--- Looks at a job: its state, and the runs that are not over. Changes nothing.
-- @key job HASH the definition that holds now
-- @key running ZSET runs that are not over
-- @key runs HASH what is known of them
-- @reply {nowMs, fields, name, value, …, run, endsAtMs, token, fence, attempt, tick, startedAt, who, version, progress, checkpoint, cancel, …} the fields of the job and then each run
local job, running, runs = KEYS[1], KEYS[2], KEYS[3]
-- @include lib/time
-- @include lib/job_record
local fields = redis.call('HGETALL', job)
local told = { math.floor(server_micros() / 1000), #fields / 2 }
for _, text in ipairs(fields) do told[#told + 1] = text end
local there = redis.call('ZRANGE', running, 0, -1, 'WITHSCORES')
for at = 1, #there, 2 do
  told[#told + 1] = there[at]
  told[#told + 1] = there[at + 1]
  local record = record_of(there[at])
  for _, what in ipairs(RECORD) do told[#told + 1] = record[what] end
end
return told
