-- What acquiring comes to when somebody holds, waits, or has the lock already.
local function arm_again(keys, ttl_ms)
  local last_issued = tonumber(redis.call('GET', keys.fence))
  if redis.call('PTTL', keys.lock) < tonumber(ttl_ms) then redis.call('PEXPIRE', keys.lock, ttl_ms) end
  -- A counter below one block is not ours, and a fence below 1 could not be told from a code.
  if last_issued and last_issued >= FENCE_BLOCK then return last_issued - FENCE_BLOCK + 1 end
  return (issue_fence(keys.fence))
end

local function ask(keys, token, ttl_ms, grant_ms)
  local held_by = redis.call('GET', keys.lock)
  if held_by == token then return arm_again(keys, ttl_ms) end
  if not held_by then
    local turn = hand_off(keys, token)
    if not turn or turn == token then
      local fence = take(keys, token, ttl_ms)
      leave_queue(keys.queue, token)
      return fence
    end
    held_by = redis.call('GET', keys.lock)
  end
  local last_issued, position, joined = tonumber(redis.call('GET', keys.fence)) or 0, 0, 0
  if grant_ms ~= '-1' then position, joined = join_queue(keys.queue, token, grant_ms, held_by or '') end
  return 0, { math.max(redis.call('PTTL', keys.lock), -1), held_by or '', last_issued, position, joined }
end
