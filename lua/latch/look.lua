--- Tells how many parts are done; a process that waits says so, to be woken with the last one.
-- @key arrived ZSET parts that are done, by the server's millisecond in which they were
-- @key passed STRING how often all parts were done and it began anew
-- @key waiting ZSET processes that wait, by the server's millisecond until which they are believed to
-- @arg parties how many parts there are
-- @arg since how often it had passed when the caller arrived; -1 for one that stays open
-- @arg processId who waits; empty to look only
-- @arg aliveMs how long it is believed to
-- @reply {1, arrived, passed} all are done, or were since then; {0, arrived, passed} not yet
local arrived, passed, waiting = KEYS[1], KEYS[2], KEYS[3]
local parties, since, process_id, alive_ms = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
-- @include lib/time
local count = redis.call('ZCARD', arrived)
local times = tonumber(redis.call('GET', passed) or 0)
local open = since < 0 and count >= parties or since >= 0 and times ~= since
if open then return { 1, count, times } end
if process_id ~= '' then
  redis.call('ZADD', waiting, math.floor(server_micros() / 1000) + alive_ms, process_id)
  redis.call('PEXPIRE', waiting, alive_ms)
end
return { 0, count, times }
