--- Moves what counters of one account are above their least into those of another one, all of them or none, where none passes its bounds.
-- @each key counters HASH each counter of the account that is emptied
-- @each key reserved ZSET its reservations; what they have taken stays with it
-- @each key amounts HASH what each of them changed
-- @each key settled ZSET ids of changes that were made for good
-- @each key into HASH each counter of the account that is filled
-- @each arg name of the counter
-- @each arg least the smallest that it may be
-- @each arg most the largest
-- @each arg initial what it is at first, and in each window
-- @each arg window in microseconds; 0 for none
-- @each arg keepMs how long both accounts are kept when nothing happens
-- @reply {1, moved, …} of each counter; {0, value, …} one would pass its bounds, and how much there is of each
local pairs_of, reply = {}, { 1 }
-- @include lib/time
-- @include lib/quota_reservations
-- @include lib/quota_counters
for member = 1, #KEYS / 5 do
  local counters, reserved, amounts, settled, into = unpack(KEYS, 5 * member - 4, 5 * member)
  local name, least, most, initial, window, keep_ms = unpack(ARGV, 6 * member - 5, 6 * member)
  local from = { counters = counters, reserved = reserved, amounts = amounts, settled = settled }
  if member == 1 then settle_ended(from) end
  local source = counter_of(from, name, tonumber(initial), tonumber(window))
  local target = counter_of({ counters = into }, name, tonumber(initial), tonumber(window))
  -- What reservations have added may be taken back: it is not there to be moved.
  target.by, target.most = math.max(0, source.value - source.up - tonumber(least)), tonumber(most)
  if not fits(target) then reply[1] = 0 end
  reply[member + 1] = string.format('%.0f', target.by)
  pairs_of[member] = { source = source, target = target, from = from, into = into, keep_ms = tonumber(keep_ms) }
end
if reply[1] == 0 then return reply end
for _, pair in ipairs(pairs_of) do
  pair.source.value, pair.target.value = pair.source.value - pair.target.by, pair.target.value + pair.target.by
  save(pair.from, pair.source)
  save({ counters = pair.into }, pair.target)
  keep_account(pair.from, pair.keep_ms)
  keep_account({ pair.into }, pair.keep_ms)
end
return reply
