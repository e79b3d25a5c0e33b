--- Pushes the end of the lease out for every run whose token is still the one in its record.
-- @each key running ZSET runs that are not over
-- @each key runs HASH what is known of them
-- @each arg run which one
-- @each arg token proof of the run
-- @each arg ttlMs how long the lease lasts from now
-- @reply {code, …} one a member: 1 renewed; 0 lost; a text is the error of that member alone
local codes = {}
local KEPT_MS = 60000
-- @include lib/time
local function renew(running, runs, run, token, ttl_ms)
  if redis.call('HGET', runs, run .. '/token') ~= token then return 0 end
  -- A run may take longer than a job is kept. This comes first because it needs no memory: then Redis lets the rest have some.
  local kept_ms = math.max(redis.call('PTTL', runs), ttl_ms + KEPT_MS)
  redis.call('PEXPIRE', runs, string.format('%.0f', kept_ms))
  local ends_at = math.floor(server_micros() / 1000) + ttl_ms
  redis.call('ZADD', running, string.format('%.0f', ends_at), run)
  redis.call('PEXPIRE', running, string.format('%.0f', kept_ms))
  return 1
end

for member = 1, #KEYS / 2 do
  local running, runs = KEYS[2 * member - 1], KEYS[2 * member]
  local run, token, ttl_ms = ARGV[3 * member - 2], ARGV[3 * member - 1], ARGV[3 * member]
  local done, code = pcall(renew, running, runs, run, token, ttl_ms)
  local trouble = not done and (type(code) == 'table' and code.err or code)
  if trouble and string.find(trouble, 'READONLY', 1, true) then return redis.error_reply(trouble) end
  codes[member] = trouble or code
end
return codes
