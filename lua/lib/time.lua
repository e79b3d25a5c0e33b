-- The server's clock, in microseconds since 1970: below 2^53 until the year 2255.
local function server_micros()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end
