--- Pushes the expiry out for every member whose token still holds its lock.
-- @each key lock STRING token of the holder
-- @each arg token proof of the acquisition
-- @each arg ttlMs how long the lock lasts from now
-- @reply {code, …} one a member: 1 renewed; 0 lost; a text is the error of that member alone
local codes = {}
for member = 1, #KEYS do
  local lock = KEYS[member]
  local token, ttl_ms = ARGV[2 * member - 1], ARGV[2 * member]
  local held_by = redis.pcall('GET', lock)
  if type(held_by) == 'table' then
    codes[member] = held_by.err
  elseif held_by ~= token then
    codes[member] = 0
  else
    -- Never SET: out of memory forbids it, and it would bring back a lock that is gone.
    local armed = redis.pcall('PEXPIRE', lock, ttl_ms)
    -- A server that takes no writes takes none of any member: said of the whole call, so that the client looks elsewhere.
    if type(armed) == 'table' and string.find(armed.err, 'READONLY', 1, true) then return armed end
    codes[member] = type(armed) == 'table' and armed.err or armed
  end
end
return codes
