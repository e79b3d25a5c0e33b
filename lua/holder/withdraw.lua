--- Takes back what announce published, when the process leaves in good order.
-- @key card STRING host, pid and replica name as JSON
-- @reply {removed} 1, or 0 when it was gone
local card = KEYS[1]
return { redis.call('DEL', card) }
