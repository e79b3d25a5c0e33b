--- Reads who stands behind a process id.
-- @key cards HASH host, pid, replica name and what else there is to know about a process, as JSON, by its id
-- @arg process its id
-- @reply {1, details} known; {0} gone or never announced
local cards = KEYS[1]
local process = ARGV[1]
local details = redis.call('HGET', cards, process)
if details then return { 1, details } end
return { 0 }
