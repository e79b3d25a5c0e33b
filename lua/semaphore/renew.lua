--- Pushes the end of the lease out for every member whose token still has its permits.
-- @each key permits ZSET who has permits, by the server's millisecond at which the lease ends
-- @each key holds HASH of each token that has permits its fence and how many
-- @each arg token proof of the acquisition
-- @each arg ttlMs how long the lease lasts from now
-- @reply {code, …} one a member: 1 renewed; 0 lost; a text is the error of that member alone
local codes = {}
-- @include lib/time
-- @include lib/renewals
local now_ms = math.floor(server_micros() / 1000)

-- PEXPIRE first: it is allowed when out of memory, and then ZADD is, too.
local function renew(permits, holds, token, ttl_ms)
  local ends_at = tonumber(redis.call('ZMSCORE', permits, token)[1])
  if not ends_at or ends_at <= now_ms then return 0 end
  for _, key in ipairs({ permits, holds }) do
    redis.call('PEXPIRE', key, math.max(redis.call('PTTL', key), ttl_ms))
  end
  redis.call('ZADD', permits, 'XX', string.format('%.0f', now_ms + ttl_ms), token)
  return 1
end

for member = 1, #KEYS / 2 do
  local permits, holds = KEYS[2 * member - 1], KEYS[2 * member]
  local token, ttl_ms = ARGV[2 * member - 1], ARGV[2 * member]
  local code, refusal = code_of(renew, permits, holds, token, tonumber(ttl_ms))
  if refusal then return refusal end
  codes[member] = code
end
return codes
