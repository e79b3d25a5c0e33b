--- Forgets what came of something that is done once, so that it is done again.
-- @key outcome STRING the fence of the run and what came of it
-- @reply {1} forgotten; {0} there was nothing
local outcome = KEYS[1]
return { redis.call('DEL', outcome) }
