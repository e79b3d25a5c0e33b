-- How somebody joins the line, and keeps the place in it.
local HEARTBEAT_MS, QUEUE_KEPT_MS = 2500, 5000
local joined_before = 0

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
