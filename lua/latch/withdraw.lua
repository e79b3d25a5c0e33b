--- Takes back that a party has arrived, unless all have since then.
-- @key arrived ZSET parties that have arrived
-- @key passed STRING how often all had arrived and it began anew
-- @arg part which one
-- @arg since how often it had passed when that one arrived
-- @reply {1} taken back; {0} all had arrived since then
local arrived, passed = KEYS[1], KEYS[2]
local part, since = ARGV[1], ARGV[2]
if (redis.call('GET', passed) or '0') ~= since then return { 0 } end
redis.call('ZREM', arrived, part)
return { 1 }
