-- Which definition is to hold is known from the processes that have one: each says every moment that it is there.
local YIELDS_AFTER_MS = 60000

-- One that the server does not know, for it lost its data since, has to be brought again before it can be told.
local function is_newer()
  local told = redis.call('HMGET', job, 'version:' .. hash, 'version:' .. is.hash, 'seen:' .. hash, 'seen:' .. is.hash)
  if not told[3] then return true end
  local version_here, version_held = tonumber(told[1]) or -1, tonumber(told[2]) or -1
  if version_here ~= version_held then return version_here > version_held end
  return tonumber(told[3]) > (tonumber(told[4]) or 0)
end

-- Whether the definition of the caller is to hold instead of the one that does. A server that was away for a minute has
-- heard from nobody: then the first that comes holds, and a newer one after it, whose processes come later.
local function gives_way()
  if is.hash == hash then return false end
  local alive_until = redis.call('HGET', job, 'alive:' .. is.hash)
  return (tonumber(alive_until) or 0) < now_ms or is_newer()
end

-- A pause is remembered for longer than the rest.
local function keep_alive()
  redis.call('HSET', job, 'alive:' .. hash, whole(now_ms + YIELDS_AFTER_MS))
  if is.paused ~= '1' or redis.call('PTTL', job) < tonumber(is.keepMs) then redis.call('PEXPIRE', job, is.keepMs) end
end
