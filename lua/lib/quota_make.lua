-- Makes changes that fit, for good or as a reservation.
local function make(keys, changes, terms)
  local amounts = ''
  for _, one in ipairs(changes) do
    one.value = one.value + one.by
    if terms.reserve_ms > 0 then
      local side = one.by > 0 and 'up' or 'down'
      one[side] = one[side] + math.abs(one.by)
      amounts = string.format('%s%s=%.0f@%.0f;', amounts, one.name, one.by, one.window)
    end
    save(keys, one)
  end
  if terms.reserve_ms > 0 then
    redis.call('ZADD', keys.reserved, now_ms + terms.reserve_ms, terms.id)
    redis.call('HSET', keys.amounts, terms.id, amounts)
  elseif terms.id ~= '' then
    remember(keys, terms.id, terms.remember_ms)
  end
  keep_account(keys, terms.keep_ms)
end
