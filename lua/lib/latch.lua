-- Wakes every process that waits; it comes and looks.
local now_ms = math.floor(server_micros() / 1000)

local function wake_all(waiting)
  local prefix = string.match(waiting, '^[^{]*') .. 'push:'
  for _, process in ipairs(redis.call('ZRANGE', waiting, string.format('(%.0f', now_ms), '+inf', 'BYSCORE')) do
    redis.pcall('PUBLISH', prefix .. process, 'open ' .. waiting)
  end
  redis.call('DEL', waiting)
end
