-- Limits of windows that lie side by side from 1970 on: "window" is which one "count" is of. What was counted when the clock
-- was ahead counts in the window in which it is now.
function LIMITS.fixed(state, now, limit, window)
  local saved = redis.call('ZMSCORE', state, 'count', 'window')
  local current = math.floor(now / window)
  local count = saved[2] and tonumber(saved[2]) >= current and tonumber(saved[1]) or 0
  local left = (current + 1) * window - now
  return {
    room = function(cost) return limit - count - cost end,
    wait = function(cost) return count + cost > limit and left or 0 end,
    reset = function(cost) return count + cost > 0 and left or 0 end,
    count = function(cost) redis.call('ZADD', state, count + cost, 'count', current, 'window') end,
  }
end

-- Two of them, of which the one "before" counts by what of it lies in the window that ends now. In milliseconds, so that
-- all products are whole.
function LIMITS.counter(state, now, limit, window)
  local now_ms = math.floor(now / 1000)
  local current = math.floor(now_ms / window)
  local saved = redis.call('ZMSCORE', state, 'count', 'before', 'window')
  local age = saved[3] and current - tonumber(saved[3]) or 2
  local count = age <= 0 and tonumber(saved[1]) or 0
  local before = age <= 0 and tonumber(saved[2]) or age == 1 and tonumber(saved[1]) or 0
  local left = (current + 1) * window - now_ms
  local weight = before * left
  local function wait_ms(cost)
    local room = limit - count - cost
    if weight <= room * window then return 0 end
    if room >= 0 then return left - math.floor(room * window / before) end
    return left + window - math.min(window, math.floor((limit - cost) * window / count))
  end
  return {
    room = function(cost) return limit - count - cost - math.ceil(weight / window) end,
    wait = function(cost) return wait_ms(cost) * 1000 end,
    reset = function(cost) return (count + cost > 0 and left + window or before > 0 and left or 0) * 1000 end,
    count = function(cost) redis.call('ZADD', state, count + cost, 'count', before, 'before', current, 'window') end,
  }
end
