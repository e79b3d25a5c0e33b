-- What a tick is by the clock, and that it is claimed.
local due_ms = tick + delay_ms

local late_before = now_ms - (tonumber(is.latenessMs) or 0)
local is_late = due_ms < late_before

-- Of the late ones only what the policy wants: none, the last one, or all; none beyond the window.
local function is_missed()
  if not is_late then return false end
  if is.missed == 'skip' or due_ms < now_ms - tonumber(is.catchUpMs) then return true end
  return is.missed == 'last' and next_tick + delay_ms < late_before
end

-- Below the floor nothing is remembered. Nor is anything when `ticks` itself is gone: then what is not behind the last
-- tick that was claimed may have been claimed, too.
local function is_stale()
  if tonumber(tick) <= tonumber(is.floor) then return true end
  return tonumber(tick) <= (tonumber(is.claimed) or 0) and redis.call('EXISTS', ticks) == 0
end

-- The floor follows the window, but never passes the tick itself: what is late, and late by a long delay, has its turn.
local function claim()
  local window_ms = tonumber(is.catchUpMs) + tonumber(is.latenessMs)
  local floor = math.max(tonumber(is.floor), math.min(tonumber(tick), now_ms - window_ms))
  local claimed = math.max(tonumber(is.claimed) or 0, tonumber(tick))
  redis.call('HSET', job, 'floor', whole(floor), 'claimed', whole(claimed))
  redis.call('ZREMRANGEBYSCORE', ticks, '-inf', whole(floor))
  redis.call('ZADD', ticks, tick, tick)
  redis.call('PEXPIRE', ticks, is.keepMs)
end
