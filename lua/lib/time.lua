-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255. Read once a call, and only when needed.
local read_micros

local function server_micros()
  if not read_micros then
    local time = redis.call('TIME')
    read_micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  end
  return read_micros
end
