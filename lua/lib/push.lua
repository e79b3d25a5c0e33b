-- Every process listens on one channel of its namespace, whose name is what stands in front of the lock's hash tag. An
-- error counts as heard: a user without channel rights still finds the grant with its next poll.
local function publish_to(token, kind, numbers, lock)
  local channel = string.match(lock, '^[^{]*') .. 'push:' .. process_of(token)
  local heard = redis.pcall('PUBLISH', channel, kind .. ' ' .. token .. numbers .. lock)
  return type(heard) ~= 'number' or heard > 0
end
