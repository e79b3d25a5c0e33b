--- Takes and gives back locks, one member after the other: who cannot have one joins the line when asked, and whoever is next in it gets one that was given back.
-- @each key lock STRING token of the holder; expires with the lease
-- @each key fence STRING last fence issued; kept a day
-- @each key queue ZSET who stands in line: the token by first arrival in server microseconds, "!token" by aliveUntilMs, "?token" by grantMs; kept 5 s beyond the last poll
-- @each arg token proof of the acquisition, the same in every attempt; from its dot on where its process is that of the member before
-- @each arg ttlMs how long the lock lasts from now; 0 to give it back
-- @each arg idleMs acquiring: how long a pushed grant lasts until it is confirmed, 0 to be woken without one, -1 not to queue; giving back: how long the lock must stay taken although its holder is done, 0 to free it
-- @reply {…} what each member is told, one behind the other: acquiring: fence granted (new, or yours already and armed again); or 0, remainingMs, holder, lastFence, position, joined: taken; giving back: 1 released; 0 this token does not hold the lock; a text is the error of that member alone
local told, line = {}, nil
-- @include lib/process
-- @include lib/token
-- @include lib/time
-- @include lib/fence
local function open_line() -- Only when it is needed: each function that is made costs time in every call.
-- @include lib/queue
-- @include lib/join
-- @include lib/push
-- @include lib/hand_off
-- @include lib/ask
-- @include lib/give_back
  return { ask = ask, give_back = give_back, hand_off = hand_off }
end
-- @include lib/calm
local function contended()
  line, calm = line or open_line(), false
  return line
end
local function acquire(lock, fence, queue, token, ttl_ms, grant_ms)
  -- Out of memory that is an error also for a lock which another holds: whatever it is, `ask` finds out.
  local free = (calm or redis.call('EXISTS', queue) == 0) and redis.pcall('SET', lock, token, 'NX', 'PX', ttl_ms)
  if not free or free.err then
    return contended().ask({ lock = lock, fence = fence, queue = queue }, token, ttl_ms, grant_ms)
  end
  local issued, first = pcall(issue_fence, fence)
  if not issued then redis.call('DEL', lock) end
  return issued and first or error(first, 0)
end
local function release(lock, fence, queue, token, _, hold_ms)
  local held_by = redis.call('GET', lock)
  if held_by ~= token or hold_ms ~= '0' then
    return contended().give_back({ lock = lock, fence = fence, queue = queue }, token, hold_ms, held_by)
  end
  redis.call('DEL', lock)
  if not calm and redis.call('EXISTS', queue) == 1 then contended().hand_off({ lock = lock, fence = fence, queue = queue }, '') end
  return 1
end
local function tell(code, facts)
  told[#told + 1] = code
  if facts then for _, fact in ipairs(facts) do told[#told + 1] = fact end end
end
for member = 1, #KEYS / 3 do
  local lock, fence, queue = KEYS[3 * member - 2], KEYS[3 * member - 1], KEYS[3 * member]
  local token, ttl_ms, idle_ms = ARGV[3 * member - 2], ARGV[3 * member - 1], ARGV[3 * member]
  local done, code, facts = pcall(ttl_ms == '0' and release or acquire, lock, fence, queue, whole_token(token), ttl_ms, idle_ms)
  local trouble = not done and (type(code) == 'table' and code.err or code) -- Redis 7 raises tables, Redis 6 texts.
  -- A server that takes no writes takes none of any member: said of the whole call, so that the client looks elsewhere.
  if trouble and string.find(trouble, 'READONLY', 1, true) then return redis.error_reply(trouble) end
  tell(trouble or code, facts)
end
return told
