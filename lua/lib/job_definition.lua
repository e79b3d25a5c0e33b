-- Which definition of a job holds. Replicas of several versions of an application may define one job differently: the
-- higher explicit version wins, and without versions the definition that was registered later; that an old replica starts
-- again does not make its definition newer. A definition that no live replica brought for a minute gives way.
local FORGOTTEN_AFTER_MS = 2592000000

-- When this definition was seen first.
local function generation_of(some_hash)
  local seen = redis.call('HGET', job, 'seen:' .. some_hash)
  if seen then return tonumber(seen) end
  redis.call('HSET', job, 'seen:' .. some_hash, whole(now_ms))
  return now_ms
end

local function is_newer(held_version)
  if version ~= held_version then return (tonumber(version) or -1) > (tonumber(held_version) or -1) end
  return generation_of(hash) > generation_of(is.hash)
end

local function hold_definition()
  local first_time = is.hash == ''
  redis.call(
    'HSET', job, 'hash', hash, 'version', version, 'definition', definition, 'overlap', overlap, 'missed', missed, 'latenessMs',
    lateness_ms, 'catchUpMs', catch_up_ms, 'attempts', attempts, 'keep', keep, 'keepMs', keep_ms
  )
  -- Of a job that nobody knew, also after a loss of data, no tick of before is run: it may have been.
  if first_time then redis.call('HSET', job, 'floor', whole(now_ms)) end
  read_state()
end

-- Drops what was seen long ago, so that a job that changes with each deploy stays small.
local function forget_definitions()
  local all = redis.call('HGETALL', job)
  for at = 1, #all, 2 do
    local of_hash = string.match(all[at], '^seen:(.+)$')
    if of_hash and of_hash ~= is.hash and tonumber(all[at + 1]) < now_ms - FORGOTTEN_AFTER_MS then
      redis.call('HDEL', job, all[at])
    end
  end
end

local function define()
  if is.hash ~= hash then
    local held = redis.call('HMGET', job, 'version', 'aliveUntil')
    local gave_way = (tonumber(held[2]) or 0) < now_ms
    generation_of(hash)
    if is.hash == '' or gave_way or is_newer(held[1] or '') then hold_definition() end
  end
  forget_definitions()
end
