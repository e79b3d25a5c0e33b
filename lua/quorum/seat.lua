--- Takes the seat of a server in the quorum, or tells since when it has it, and keeps it for a month more.
-- @key seat STRING the run of the server in which it took its seat in the quorum, and when, in server milliseconds
-- @reply {ageMs, serverMs, runId} for how long it has its seat, what its clock says, and which run of the server it is
local seat = KEYS[1]
-- @include lib/time
-- @include lib/seat
local age_ms, run_id = age_of(seat)
redis.call('PEXPIRE', seat, SEAT_KEPT_MS)
return { age_ms, math.floor(server_micros() / 1000), run_id }
