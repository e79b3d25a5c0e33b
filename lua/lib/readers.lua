-- Readers hold a lock together: "lock" has READERS for as long as one of them has a lease, and "readers" has each token by
-- the server's millisecond at which its lease ends. A token of a reader ends in R, which no number of others does.
local READERS, READS = 'readers', 'R$'
local now_ms = math.floor(server_micros() / 1000)

-- Who holds: a token, READERS or nobody. Readers whose leases ran out are gone.
local function holder_of(keys)
  local held_by = redis.call('GET', keys.lock)
  if held_by ~= READERS then return held_by end
  redis.call('ZREMRANGEBYSCORE', keys.readers, '-inf', string.format('%.0f', now_ms))
  if redis.call('EXISTS', keys.readers) == 1 then return READERS end
  redis.call('DEL', keys.lock)
  return nil
end

-- Who is next. The dead are taken out of the line: while some read, nothing else does.
local function live_head(queue)
  for _, token in ipairs(first_in(queue, HEADS_LOOKED_AT)) do
    local left_ms = heartbeat_of(queue, token)
    if left_ms > 0 then return token end
    leave_queue(queue, token)
  end
end

-- Readers that stand next to one another go in together: each wakes the one behind it.
local function wake_reader(keys)
  local head = live_head(keys.queue)
  if head and string.find(head, READS) then publish_to(head, 'wake', ' 0 0 ', keys.lock) end
end
