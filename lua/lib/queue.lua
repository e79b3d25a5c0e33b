-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEARTBEAT_MS, QUEUE_KEPT_MS = '1e14', 2500, 5000
local joined_before = 0

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  return (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
end

-- By rank, not by score: of two that arrived in one microsecond only one is first.
local function position_of(queue, token, held_by)
  local before = redis.call('ZRANK', queue, token) - redis.call('ZCOUNT', queue, '-inf', '(' .. FIRST_ARRIVAL)
  -- A head of the holder's own process dies with the holder: whoever stands behind it must watch the expiry.
  if before == 1 and process_of(first_in(queue, 1)[1]) == process_of(held_by) then before = 0 end
  return before + 1
end

-- The position, 0 for none, and whether this made the entry.
local function join_queue(queue, token, grant_ms, held_by)
  -- The clock stands still during a call, but those who join in it come one behind the other.
  local arrival = string.format('%.0f', server_micros() + joined_before)
  local joined = redis.pcall('ZADD', queue, 'NX', arrival, token)
  if type(joined) == 'table' then
    -- Out of memory: wait by polling, without a place. Anything else is a fault to report.
    if string.find(joined.err, 'OOM', 1, true) then return 0, 0 end
    return redis.call('ZADD', queue, 'NX', arrival, token)
  end
  joined_before = joined_before + joined
  local alive_until = string.format('%.0f', math.floor(server_micros() / 1000) + HEARTBEAT_MS)
  redis.call('ZADD', queue, alive_until, '!' .. token, grant_ms, '?' .. token)
  redis.call('PEXPIRE', queue, QUEUE_KEPT_MS)
  return position_of(queue, token, held_by), joined
end
