-- Limits that let as many pass at once as there were spared, and then so many a time. Each says how many there is room for,
-- how long a cost would have to wait, how long until all it counted has passed, and how to count.
local LIMITS = {}

-- Token bucket: "level" in units of which a token has `unit` and a microsecond brings `gain`, so that all of it is whole.
-- (Turner, "New directions in communications", IEEE Communications Magazine 24(10), 1986: the leaky bucket.) A clock that
-- was set back brings nothing until it runs again.
function LIMITS.bucket(state, now, capacity, gain, unit)
  local saved = redis.call('ZMSCORE', state, 'level', 'at')
  local full = capacity * unit
  local level = math.min(full, tonumber(saved[1] or full) + gain * math.max(0, now - tonumber(saved[2] or now)))
  return {
    room = function(cost) return math.floor((level - cost * unit) / unit) end,
    wait = function(cost) return math.max(0, math.ceil((cost * unit - level) / gain)) end,
    reset = function(cost) return math.ceil((full - level + cost * unit) / gain) end,
    count = function(cost) redis.call('ZADD', state, level - cost * unit, 'level', now, 'at') end,
  }
end

-- Generic cell rate algorithm: "tat" is the theoretical arrival time, up to `burst` intervals ahead. (ITU-T I.371, 2004,
-- annex A, the virtual scheduling algorithm.) None can be further ahead, unless the clock was set back.
function LIMITS.gcra(state, now, burst, interval)
  local ahead = burst * interval
  local tat = math.max(now, math.min(tonumber(redis.call('ZSCORE', state, 'tat') or now), now + ahead))
  return {
    room = function(cost) return math.floor((now + ahead - tat) / interval) - cost end,
    wait = function(cost) return math.max(0, tat + cost * interval - now - ahead) end,
    reset = function(cost) return tat + cost * interval - now end,
    count = function(cost) redis.call('ZADD', state, tat + cost * interval, 'tat') end,
  }
end
