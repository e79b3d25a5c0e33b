-- What is left of each article that was ever ordered.
local stock = KEYS[1]
return redis.call('HGETALL', stock)
