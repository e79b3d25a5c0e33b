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

-- Below it are ticks that nobody makes up for. Of a job that nobody knew, also after a loss of data, all that were: they may
-- have been run. Of a new schedule those that would be late: they were none when they came.
local function first_floor(schedule_before)
  if is.hash == '' then return now_ms end
  if schedule_before == schedule then return tonumber(is.floor) end
  return math.max(tonumber(is.floor), now_ms - lateness_ms)
end

local function hold_definition()
  local schedule_before = redis.call('HGET', job, 'schedule')
  local floor = first_floor(schedule_before)
  redis.call(
    'HSET', job, 'hash', hash, 'definition', definition, 'schedule', schedule, 'overlap', overlap, 'missed', missed, 'latenessMs',
    lateness_ms, 'catchUpMs', catch_up_ms, 'attempts', attempts, 'keep', keep, 'keepMs', keep_ms, 'floor', whole(floor)
  )
  -- Nobody waits for a tick of a schedule that did not hold when it came.
  if schedule_before ~= schedule then redis.call('HSET', job, 'accounted', whole(floor)) end
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
