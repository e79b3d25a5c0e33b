--- Changes counters of an account, all of them or none, where none passes its bounds; for good, or as a reservation that may be given back.
-- @each key counters HASH each counter as v<name>; as u<name> and d<name> what reservations have added and taken, as w<name> the window that all of it is of
-- @each key reserved ZSET reservations, by the server's millisecond at which they end
-- @each key amounts HASH what each reservation changed: name=by@window; of each counter
-- @each key settled ZSET ids of changes that were made for good, by the millisecond until which that is remembered
-- @each arg name of the counter
-- @each arg by how much; 0 to look
-- @each arg least the smallest that it may be
-- @each arg most the largest
-- @each arg initial what it is at first, and in each window
-- @each arg window in microseconds; 0 for none
-- @each arg id tells a change from others, so that it is made once; empty for none; the same for all
-- @each arg reserveMs how long it is reserved; 0 for good; the same for all
-- @each arg rememberMs how long its id is remembered; the same for all
-- @each arg keepMs how long the account is kept when nothing happens; the same for all
-- @reply {1, 0, value, up, down, …} changed, and how each counter is; {0, 0, value, up, down, …} one would pass its bounds; {2, remainingMs, value, up, down, …} reserved before, and for how long yet; {3, 0, value, up, down, …} made for good before
local asked, account, terms = {}, {}, {}
-- @include lib/time
-- @include lib/quota_reservations
-- @include lib/quota_counters
-- @include lib/quota_ids
-- @include lib/quota_make
for member = 1, #KEYS / 4 do
  local counters, reserved, amounts, settled = KEYS[4 * member - 3], KEYS[4 * member - 2], KEYS[4 * member - 1], KEYS[4 * member]
  local name, by, least, most, initial, window, id, reserve_ms, remember_ms, keep_ms = unpack(ARGV, 10 * member - 9, 10 * member)
  account = { counters = counters, reserved = reserved, amounts = amounts, settled = settled }
  terms = { id = id, reserve_ms = tonumber(reserve_ms), remember_ms = tonumber(remember_ms), keep_ms = tonumber(keep_ms) }
  if member == 1 then settle_ended(account) end
  asked[member] = counter_of(account, name, tonumber(initial), tonumber(window))
  asked[member].by, asked[member].least, asked[member].most = tonumber(by), tonumber(least), tonumber(most)
end
local function reply_with(code, remaining_ms)
  local reply = { code, remaining_ms }
  for _, one in ipairs(asked) do
    for _, amount in ipairs({ one.value, one.up, one.down }) do reply[#reply + 1] = string.format('%.0f', amount) end
  end
  return reply
end
if was_settled(account, terms.id) then return reply_with(3, 0) end
local remaining_ms = reserved_ms(account, terms.id)
if remaining_ms then return reply_with(2, remaining_ms) end
local changes = {}
for _, one in ipairs(asked) do
  if not fits(one) then return reply_with(0, 0) end
  if one.by ~= 0 then changes[#changes + 1] = one end
end
if #changes > 0 then make(account, changes, terms) end
return reply_with(1, 0)
