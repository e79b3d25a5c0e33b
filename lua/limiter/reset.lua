--- Forgets what limits have counted.
-- @each key limit ZSET what the limit counted
-- @reply {removed} how many of them had counted anything
local removed = 0
for member = 1, #KEYS do
  local limit = KEYS[member]
  removed = removed + redis.call('DEL', limit)
end
return { removed }
