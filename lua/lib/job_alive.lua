-- Whether a definition still holds is known from the processes that have it.
local YIELDS_AFTER_MS = 60000

-- A definition holds for as long as a process that has it says so.
local function keep_alive()
  if is.hash == hash then redis.call('HSET', job, 'aliveUntil', whole(now_ms + YIELDS_AFTER_MS)) end
  redis.call('PEXPIRE', job, is.keepMs)
end
