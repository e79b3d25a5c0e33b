--- Writes down what came of something that is done once, unless somebody else has taken over.
-- @key lock STRING token of the holder, who does it
-- @key outcome STRING the fence of the run and what came of it, as JSON
-- @arg token proof of who did it
-- @arg told what came of it
-- @arg rememberMs how long that is kept
-- @reply {1} written; {0} this token does not hold the lock any more
local lock, outcome = KEYS[1], KEYS[2]
local token, told, remember_ms = ARGV[1], ARGV[2], ARGV[3]
if redis.call('GET', lock) ~= token then return { 0 } end
redis.call('SET', outcome, told, 'PX', remember_ms)
return { 1 }
