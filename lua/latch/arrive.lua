--- Says that a part is done; with the last one all who wait are woken.
-- @key arrived ZSET parts that are done, by the server's millisecond in which they were
-- @key passed STRING how often all parts were done and it began anew
-- @key waiting ZSET processes that wait, by the server's millisecond until which they are believed to
-- @arg part which one; again is as good as once
-- @arg parties how many there are
-- @arg again 1 to begin anew when all are done, as a barrier does; 0 to stay open
-- @arg keptMs how long it is kept when nothing happens
-- @reply {1, arrived, passed} all are done; {0, arrived, passed} not yet
local arrived, passed, waiting = KEYS[1], KEYS[2], KEYS[3]
local part, parties, again, kept_ms = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
-- @include lib/time
-- @include lib/latch
redis.call('ZADD', arrived, 'NX', now_ms, part)
local count = redis.call('ZCARD', arrived)
local times = tonumber(redis.call('GET', passed) or 0)
redis.call('PEXPIRE', arrived, kept_ms)
if count < parties then return { 0, count, times } end
if again == '1' then
  times = times + 1
  redis.call('DEL', arrived)
  redis.call('SET', passed, times, 'PX', kept_ms)
end
wake_all(waiting)
return { 1, count, times }
