-- Counts in all counters or in none, where none passes its limit: {1, hour, day, month} counted, {0, hour, day, month} not.
local hour, day, month = KEYS[1], KEYS[2], KEYS[3]
local of_hour, of_day, of_month = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local counters = {
  { key = hour, most = of_hour, lasts_ms = 3600000 },
  { key = day, most = of_day, lasts_ms = 86400000 },
  { key = month, most = of_month, lasts_ms = 2678400000 },
}
local counts, fits = {}, true
for at, counter in ipairs(counters) do
  counts[at] = tonumber(redis.call('GET', counter.key) or 0)
  if counts[at] >= counter.most then fits = false end
end
if not fits then return { 0, counts[1], counts[2], counts[3] } end
for at, counter in ipairs(counters) do
  counts[at] = redis.call('INCR', counter.key)
  -- Only when it begins: a counter that is pushed out with every request never ends.
  if counts[at] == 1 then redis.call('PEXPIRE', counter.key, counter.lasts_ms) end
end
return { 1, counts[1], counts[2], counts[3] }
