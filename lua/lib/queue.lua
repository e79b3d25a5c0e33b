-- The line is one ZSET with three entries a waiter: its token, by first arrival in server microseconds; "!token", by the
-- millisecond at which its heartbeat runs out; "?token", by its grant time. These scores lie so far apart (1e15, 1e12,
-- less) that the arrivals are the range above 1e14, in the order in which they came.
local FIRST_ARRIVAL, HEADS_LOOKED_AT, FIRST_GRANT_MS = '1e14', 64, 2000

local function first_in(queue, most)
  return redis.call('ZRANGE', queue, FIRST_ARRIVAL, '+inf', 'BYSCORE', 'LIMIT', 0, most)
end

local function leave_queue(queue, token)
  redis.call('ZREM', queue, token, '!' .. token, '?' .. token)
end

-- What a waiter left of its heartbeat, and its grant time. One without a heartbeat is dead. A first grant lasts no longer
-- than the heartbeat: waiters that froze together then cost one heartbeat in all.
local function heartbeat_of(queue, token)
  local beat = redis.call('ZMSCORE', queue, '!' .. token, '?' .. token)
  local left_ms, grant_ms = (tonumber(beat[1]) or 0) - math.floor(server_micros() / 1000), tonumber(beat[2]) or 0
  return left_ms, grant_ms <= FIRST_GRANT_MS and math.min(grant_ms, left_ms) or grant_ms
end
