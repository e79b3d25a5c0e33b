-- Every account with its points, one behind the other.
local balances = KEYS[1]
return redis.call('HGETALL', balances)
