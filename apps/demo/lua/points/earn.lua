-- Gives points to an account, or to the one that it was merged into: {balance}. Fewer than none are spent: {-1} refused.
local balances, merged = KEYS[1], KEYS[2]
local account, points, kept_ms = ARGV[1], tonumber(ARGV[2]), ARGV[3]
for _ = 1, 16 do account = redis.call('HGET', merged, account) or account end
local balance = tonumber(redis.call('HGET', balances, account) or 0)
if balance + points < 0 then return { -1 } end
redis.call('HSET', balances, account, balance + points)
redis.call('PEXPIRE', balances, kept_ms)
return { balance + points }
