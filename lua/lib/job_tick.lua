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

-- Whoever asks for a tick below the floor is told that it is stale, so what is below need not be remembered.
local function claim()
  local floor = math.max(tonumber(is.floor), now_ms - tonumber(is.catchUpMs) - tonumber(is.latenessMs))
  set_state('floor', whole(floor))
  redis.call('ZREMRANGEBYSCORE', ticks, '-inf', whole(floor))
  redis.call('ZADD', ticks, tick, tick)
  redis.call('PEXPIRE', ticks, is.keepMs)
end
