--- Reads what came of something that is done once.
-- @key outcome STRING the fence of the run and what came of it, as JSON; kept as long as it is to be remembered
-- @reply {1, outcome} it was done; {0} it was not, or is forgotten
local outcome = KEYS[1]
local known = redis.call('GET', outcome)
return known and { 1, known } or { 0 }
