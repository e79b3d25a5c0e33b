-- How the counters stand, and for how long each of them yet; -1 for ever, -2 where there is none.
local hour, day, month = KEYS[1], KEYS[2], KEYS[3]
local told = {}
for _, key in ipairs({ hour, day, month }) do
  told[#told + 1] = tonumber(redis.call('GET', key) or 0)
  told[#told + 1] = redis.call('PTTL', key)
end
return told
