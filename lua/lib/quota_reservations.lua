-- Reservations of an account: "reserved" has each by the server's millisecond at which it ends, "amounts" what it changed:
-- "name=by@window;" of each counter.
local ENDED_AT_ONCE = 256
local now_ms = math.floor(server_micros() / 1000)

-- All keys of an account last equally long: amounts that outlived their counters, or the other way round, would be lost.
local function keep_account(keys, keep_ms)
  for _, key in pairs(keys) do redis.call('PEXPIRE', key, keep_ms) end
end

-- Ends a reservation, and takes back what it changed unless that stays. What it changed in a window that is over is gone.
local function settle(keys, id, stays)
  local amounts = redis.call('HGET', keys.amounts, id) or ''
  redis.call('ZREM', keys.reserved, id)
  redis.call('HDEL', keys.amounts, id)
  for name, by, window in string.gmatch(amounts, '([^=;]+)=([^@;]+)@([^;]+);') do
    if redis.call('HGET', keys.counters, 'w' .. name) == window then
      local change = tonumber(by)
      redis.call('HINCRBY', keys.counters, (change > 0 and 'u' or 'd') .. name, -math.abs(change))
      if not stays then redis.call('HINCRBY', keys.counters, 'v' .. name, -change) end
    end
  end
end

local function settle_ended(keys)
  local ended = redis.call('ZRANGE', keys.reserved, '-inf', now_ms, 'BYSCORE', 'LIMIT', 0, ENDED_AT_ONCE)
  for _, id in ipairs(ended) do settle(keys, id, false) end
end
