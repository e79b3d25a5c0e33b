-- Every request by its microsecond: exactly so many in any window, at an entry each. Their names are numbers that go on
-- from the newest, all of one length, so that those of one microsecond stand in order. What lies ahead of a clock that was
-- set back counts from now on.
local function spell(number) return string.format('%016.0f', number) end

function LIMITS.log(state, now, limit, window)
  local gone = now - window
  local count = redis.call('ZCOUNT', state, string.format('(%.0f', gone), '+inf')
  local newest = redis.call('ZRANGE', state, -1, -1, 'WITHSCORES')
  local last = tonumber(newest[2] or 0)
  local function score_at(at)
    local entry = redis.call('ZRANGE', state, at, at, 'WITHSCORES')
    return math.min(now, tonumber(entry[2] or now))
  end
  local function pull_back()
    local ahead = redis.call('ZRANGE', state, string.format('(%.0f', now), '+inf', 'BYSCORE')
    for _, entry in ipairs(ahead) do redis.call('ZADD', state, now, entry) end
  end
  return {
    room = function(cost) return limit - count - cost end,
    wait = function(cost)
      local over = count + cost - limit
      if over <= 0 then return 0 end
      return score_at(redis.call('ZCARD', state) - count + over - 1) + window - now
    end,
    reset = function(cost) return cost > 0 and window or count > 0 and math.min(now, last) + window - now or 0 end,
    count = function(cost)
      if last > now then pull_back() end
      for one = 1, cost do redis.call('ZADD', state, now, spell(tonumber(newest[1] or 0) + one)) end
      redis.call('ZREMRANGEBYSCORE', state, '-inf', string.format('%.0f', gone))
    end,
  }
end
