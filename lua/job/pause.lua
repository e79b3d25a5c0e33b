--- Pauses a job for every process, or lets it go on.
-- @key job HASH the definition that holds now, and whether it is paused
-- @arg paused 1 or 0
-- @arg keepMs how long that is remembered when no process has the job
-- @reply {1} it is another state than before; {0} it was so already
local job = KEYS[1]
local paused, keep_ms = ARGV[1], ARGV[2]
local before = redis.call('HGET', job, 'paused') or '0'
if paused == '1' then
  redis.call('HSET', job, 'paused', '1')
  if redis.call('PTTL', job) < tonumber(keep_ms) then redis.call('PEXPIRE', job, keep_ms) end
else
  redis.call('HDEL', job, 'paused')
end
return { before == paused and 0 or 1 }
