--- Puts the preferred candidate of a process in front of the line, and marks that one stands by.
-- @key queue ZSET who stands in line: tokens have the scores above 1e14
-- @key preferred STRING process of the preferred candidate that stands by; expires unless it is claimed again
-- @arg processId whose candidate it is
-- @arg lastsMs how long the mark stays; 0 to take it back
-- @reply {1} it stands in front; {0} it is not among the first 64, another preferred one stands by, or it was taken back
local queue, preferred = KEYS[1], KEYS[2]
local process_id, lasts_ms = ARGV[1], ARGV[2]
local claimed_by = redis.call('GET', preferred)
-- One at a time: two that overtake each other would go to and fro.
if claimed_by and claimed_by ~= process_id then return { 0 } end
if lasts_ms == '0' then
  redis.call('DEL', preferred)
  return { 0 }
end
redis.call('SET', preferred, process_id, 'PX', lasts_ms)
local line = redis.call('ZRANGE', queue, '1e14', '+inf', 'BYSCORE', 'LIMIT', 0, 64)
for place, token in ipairs(line) do
  if string.sub(token, 1, #process_id) == process_id then
    if place > 1 then
      local first_arrival = redis.call('ZMSCORE', queue, line[1])[1]
      redis.call('ZADD', queue, string.format('%.0f', tonumber(first_arrival) - 1), token)
    end
    return { 1 }
  end
end
return { 0 }
