--- Publishes who stands behind a process id, for messages that name the holder of a lock.
-- @key card STRING host, pid and replica name as JSON; expires a minute after the process stopped renewing it
-- @arg details the JSON text
-- @arg ttlMs how long it stays
-- @reply {1} published
local card = KEYS[1]
local details, ttl_ms = ARGV[1], ARGV[2]
redis.call('SET', card, details, 'PX', ttl_ms)
return { 1 }
