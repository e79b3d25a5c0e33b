-- Counters of an account: "counters" has of each its value (v), what reservations have added (u) and taken (d) that may be
-- given back, and the window that all of it is of (w).

-- A window that is over begins anew; where the clock was set back, the window that was goes on.
local function counter_of(keys, name, initial, window)
  local saved = redis.call('HMGET', keys.counters, 'v' .. name, 'u' .. name, 'd' .. name, 'w' .. name)
  local current = window > 0 and math.floor(server_micros() / window) or 0
  local before = tonumber(saved[4] or -1)
  if before < current then return { name = name, value = initial, up = 0, down = 0, window = current } end
  local value, up, down = tonumber(saved[1]), tonumber(saved[2]), tonumber(saved[3])
  return { name = name, value = value, up = up, down = down, window = before }
end

-- What reservations may give back counts on the side on which it would come.
local function fits(one)
  if one.by > 0 then return one.value + one.down + one.by <= one.most end
  return one.by == 0 or one.value - one.up + one.by >= one.least
end

local function save(keys, one)
  local name = one.name
  redis.call('HSET', keys.counters, 'v' .. name, one.value, 'u' .. name, one.up, 'd' .. name, one.down, 'w' .. name, one.window)
end
