-- Takes all lines of an order, "sku=count;sku=count", or none: {1, ''} taken; {0, sku} of that one there is not enough.
local stock = KEYS[1]
local lines, opening, kept_ms = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local wanted = {}
for sku, count in string.gmatch(lines, '([^=;]+)=(%d+)') do
  wanted[sku] = (wanted[sku] or 0) + tonumber(count)
end
for sku, count in pairs(wanted) do
  if tonumber(redis.call('HGET', stock, sku) or opening) < count then return { 0, sku } end
end
for sku, count in pairs(wanted) do
  local left = tonumber(redis.call('HGET', stock, sku) or opening)
  redis.call('HSET', stock, sku, left - count)
end
redis.call('PEXPIRE', stock, kept_ms)
return { 1, '' }
