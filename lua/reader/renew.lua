--- Pushes the end of the lease out for every member whose token still reads.
-- @each key lock STRING "readers" while some read
-- @each key readers ZSET who reads, by the server's millisecond at which the lease ends
-- @each arg token proof of the acquisition
-- @each arg ttlMs how long the lease lasts from now
-- @reply {code, …} one a member: 1 renewed; 0 lost; a text is the error of that member alone
local codes = {}
-- @include lib/time
-- @include lib/renewals
local now_ms = math.floor(server_micros() / 1000)

-- PEXPIRE first: it is allowed when out of memory, and then ZADD is, too.
local function renew(lock, readers, token, ttl_ms)
  local ends_at = tonumber(redis.call('ZMSCORE', readers, token)[1])
  if not ends_at or ends_at <= now_ms or redis.call('GET', lock) ~= 'readers' then
    redis.call('ZREM', readers, token)
    return 0
  end
  local lasts_ms = math.max(redis.call('PTTL', lock), ttl_ms)
  redis.call('PEXPIRE', lock, lasts_ms)
  redis.call('PEXPIRE', readers, lasts_ms)
  redis.call('ZADD', readers, 'XX', string.format('%.0f', now_ms + ttl_ms), token)
  return 1
end

for member = 1, #KEYS / 2 do
  local lock, readers = KEYS[2 * member - 1], KEYS[2 * member]
  local token, ttl_ms = ARGV[2 * member - 1], ARGV[2 * member]
  local code, refusal = code_of(renew, lock, readers, token, tonumber(ttl_ms))
  if refusal then return refusal end
  codes[member] = code
end
return codes
