-- What is known about a job: the definition that holds now, and what people and processes made of it since.
local STATE = {
  'hash', 'overlap', 'missed', 'latenessMs', 'catchUpMs', 'attempts', 'keep', 'keepMs', 'paused', 'floor', 'claimed',
  'accounted', 'waiting',
}
local now_ms = math.floor(server_micros() / 1000)
local is = {}

local function whole(number)
  return string.format('%.0f', number)
end

local function read_state()
  local values = redis.call('HMGET', job, unpack(STATE))
  for at, what in ipairs(STATE) do is[what] = values[at] or '' end
  -- What is left of a job whose definition is gone ends by itself, too.
  if is.hash == '' then is.keepMs = '86400000' end
end

read_state()
