--- Reads how the last runs of a job ended and which ticks did not become runs, the latest first.
-- @key history STREAM how runs ended
-- @key skips STREAM ticks that did not become runs
-- @arg before id of an entry, only older ones are told; '+' for all
-- @arg most how many of each at most
-- @reply {id, fields, name, value, …, id, fields, …} entries of the one and then of the other
local history, skips = KEYS[1], KEYS[2]
local before, most = ARGV[1], ARGV[2]
local told = {}
for _, stream in ipairs({ history, skips }) do
  for _, entry in ipairs(redis.call('XREVRANGE', stream, before, '-', 'COUNT', most)) do
    told[#told + 1] = entry[1]
    told[#told + 1] = #entry[2] / 2
    for _, text in ipairs(entry[2]) do told[#told + 1] = text end
  end
end
return told
