--- Writes down how far a run came, unless another attempt took its place.
-- @key runs HASH what is known of runs that are not over
-- @arg run which one
-- @arg fence of the attempt that saves
-- @arg what 'checkpoint' or 'progress'
-- @arg value any text
-- @reply {1} saved; {0} another attempt took its place, or the run is over
local runs = KEYS[1]
local run, fence, what, value = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if redis.call('HGET', runs, run .. '/fence') ~= fence then return { 0 } end
redis.call('HSET', runs, run .. '/' .. what, value)
return { 1 }
