-- Since when a server of a quorum has everything that it was told. A flush loses all of it and a restart the last of it,
-- also with persistence, so the seat names the run of the server that it was taken in. Asked once a call.
local SEAT_KEPT_MS = '2592000000'
local seat_age_ms

local function take_seat(seat, run_id, now_ms)
  redis.call('SET', seat, run_id .. string.format(' %.0f', now_ms), 'PX', SEAT_KEPT_MS)
  return 0
end

local function age_of(seat)
  if seat_age_ms then return seat_age_ms end
  local run_id, now_ms = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)'), math.floor(server_micros() / 1000)
  local taken_in, since = string.match(redis.call('GET', seat) or '', '^(%x+) (%d+)$')
  seat_age_ms = taken_in == run_id and now_ms - since or take_seat(seat, run_id, now_ms)
  return seat_age_ms, run_id
end
