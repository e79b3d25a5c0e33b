-- Which definition of a job holds. Replicas of several versions of an application may define one job differently: the
-- higher explicit version wins, and without versions the definition that was registered later; that an old replica starts
-- again does not make its definition newer. A definition that no live replica brought for a minute gives way.
local FORGOTTEN_AFTER_MS = 2592000000

-- When this definition was seen first, and the highest version that anybody gave to it.
local function remember()
  redis.call('HSETNX', job, 'seen:' .. hash, whole(now_ms))
  local known = tonumber(redis.call('HGET', job, 'version:' .. hash)) or -1
  if (tonumber(version) or -1) > known then redis.call('HSET', job, 'version:' .. hash, version) end
end

local function hold_definition()
  local first_time = is.hash == ''
  redis.call(
    'HSET', job, 'hash', hash, 'definition', definition, 'overlap', overlap, 'missed', missed, 'latenessMs', lateness_ms,
    'catchUpMs', catch_up_ms, 'attempts', attempts, 'keep', keep, 'keepMs', keep_ms
  )
  -- Of a job that nobody knew, also after a loss of data, no tick of before is run: it may have been.
  if first_time then redis.call('HSET', job, 'floor', whole(now_ms)) end
  read_state()
end

-- Drops definitions that nobody has had for long, so that a job that changes with each deploy stays small.
local function forget_definitions()
  local all = redis.call('HGETALL', job)
  for at = 1, #all, 2 do
    local old = string.match(all[at], '^alive:(.+)$')
    if old and old ~= is.hash and tonumber(all[at + 1]) < now_ms - FORGOTTEN_AFTER_MS then
      redis.call('HDEL', job, all[at], 'seen:' .. old, 'version:' .. old)
    end
  end
end

local function define()
  remember()
  if is.hash == '' or gives_way() then hold_definition() end
  forget_definitions()
end
