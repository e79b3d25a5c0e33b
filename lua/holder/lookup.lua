--- Reads who stands behind a process id.
-- @key card STRING host, pid and replica name as JSON
-- @reply {1, details} known; {0} gone or never announced
local card = KEYS[1]
local details = redis.call('GET', card)
if details then return { 1, details } end
return { 0 }
