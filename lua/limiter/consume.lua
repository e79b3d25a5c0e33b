--- Lets a request pass where all of its limits do, and counts it against each of them then.
-- @each key limit ZSET what a limit counted, in scores: a bucket its level and of when, GCRA its theoretical arrival time, a window its count, that of the one before, and which it is; a log each request by its microsecond. Ends when all of it has passed
-- @each arg kind bucket, gcra, fixed, counter or log
-- @each arg most how many: the capacity of a bucket, the burst of GCRA
-- @each arg span of a window its microseconds, milliseconds for counter; of GCRA the microseconds between two; of a bucket what a microsecond brings
-- @each arg unit of a bucket how much of that a token is; else 0
-- @each arg cost how much the request counts; the same for all
-- @each arg counts 1 to count it when it may pass, 0 to look; the same for all
-- @reply {1, room, waitMicros, resetMicros, …} it passes all of them; {0, room, waitMicros, resetMicros, …} it does not; of each limit how many more may pass now, how long this one has to wait for it, and when all it counted has passed
local limits, passes = {}, true
-- @include lib/time
-- @include lib/limit_bucket
-- @include lib/limit_window
-- @include lib/limit_log
for member = 1, #KEYS do
  local limit = KEYS[member]
  local kind, most, span, unit, cost, counts = unpack(ARGV, 6 * member - 5, 6 * member)
  local one = LIMITS[kind](limit, server_micros(), tonumber(most), tonumber(span), tonumber(unit))
  one.key, one.cost, one.counts = limit, tonumber(cost), counts == '1'
  one.waits = one.wait(one.cost)
  limits[member] = one
  passes = passes and one.waits == 0
end
local reply = { passes and 1 or 0 }
for _, one in ipairs(limits) do
  local cost = passes and one.counts and one.cost or 0
  if cost > 0 then
    one.count(cost)
    redis.call('PEXPIRE', one.key, math.ceil(one.reset(cost) / 1000))
  end
  reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = math.max(0, one.room(cost)), one.waits, one.reset(cost)
end
return reply
