-- Whether nobody stands in any of the lines, which have every third key: asked once for many members. A member that has
-- to do with others ends it. An error is no answer: then each member asks for itself, as does one that is alone.
local function nobody_waits()
  if #KEYS == 3 then return false end
  local queues = {}
  for at = 3, #KEYS, 3 do queues[at / 3] = KEYS[at] end
  return redis.pcall('EXISTS', unpack(queues)) == 0
end
local calm = nobody_waits()
