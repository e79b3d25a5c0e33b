--- Ends a reservation, for good or by giving back what it changed; or makes it last longer.
-- @key counters HASH each counter of the account
-- @key reserved ZSET reservations, by the server's millisecond at which they end
-- @key amounts HASH what each reservation changed
-- @key settled ZSET ids of changes that were made for good
-- @arg id which reservation
-- @arg how confirm, give_back or extend
-- @arg lastsMs how long its id is remembered when it is confirmed; how long it lasts from now on when it is extended
-- @arg keepMs how long the account is kept when nothing happens
-- @reply {1} done; {2} it was confirmed before; {0} there is none, or it is over
local counters, reserved, amounts, settled = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, how, lasts_ms, keep_ms = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
-- @include lib/time
-- @include lib/quota_reservations
-- @include lib/quota_ids
local account = { counters = counters, reserved = reserved, amounts = amounts, settled = settled }
settle_ended(account)
if was_settled(account, id) then return { 2 } end
if not reserved_ms(account, id) then return { 0 } end
if how == 'extend' then
  redis.call('ZADD', reserved, now_ms + lasts_ms, id)
else
  settle(account, id, how == 'confirm')
  if how == 'confirm' then remember(account, id, lasts_ms) end
end
keep_account(account, keep_ms)
return { 1 }
