--- Tells whether a preferred candidate stands in front of the line and listens. Wakes it; changes nothing.
-- @key lock STRING token of the leader
-- @key queue ZSET who stands in line: tokens have the scores above 1e14
-- @key preferred STRING process of the preferred candidate that stands by
-- @reply {1} there is one; {0} there is none
local lock, queue, preferred = KEYS[1], KEYS[2], KEYS[3]
local process_id = redis.call('GET', preferred)
local first = redis.call('ZRANGE', queue, '1e14', '+inf', 'BYSCORE', 'LIMIT', 0, 1)[1]
if not process_id or not first or string.sub(first, 1, #process_id) ~= process_id then return { 0 } end
-- Who does not listen would be passed over by the hand-off, and a leader would have gone for nothing. An error counts as
-- heard, as it does there.
local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_id
if redis.pcall('PUBLISH', channel, 'wake ' .. first .. ' 0 0 ' .. lock) == 0 then return { 0 } end
return { 1 }
