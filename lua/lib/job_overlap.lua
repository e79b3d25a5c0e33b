-- What the overlap policy says of a run that is due. One may wait: the first that came, or with cancel-previous the last.

local function wait(run)
  set_state('waiting', run)
  return { 'queued', now_ms }
end

local function cancel_others(run)
  for _, other in ipairs(redis.call('ZRANGE', running, 0, -1)) do redis.call('HSET', runs, other .. '/cancel', '1') end
  keep(runs)
  if is.waiting ~= '' then skip(is.waiting, 'overlap') end
  return wait(run)
end

local function nothing_in_the_way()
  settle()
  return is.overlap == 'allow' or (is.waiting == '' and not busy())
end

-- It also waits when the caller cannot run it.
local function start_or_wait(run, free)
  if free and who ~= '' then return start(run, 1) end
  if is.overlap == 'cancel-previous' and not free then return cancel_others(run) end
  local skips_it = is.overlap == 'skip' and not free
  return (skips_it or is.waiting ~= '') and skip(run, 'overlap') or wait(run)
end
