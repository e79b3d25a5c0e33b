-- Keeps the best score of each player, and the best players: {1, best, rank} a new best; {0, best, rank} not. Rank 0 is none.
local scores = KEYS[1]
local player, score, keep, kept_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local best = tonumber(redis.call('ZSCORE', scores, player) or -1)
local improved = score > best
if improved then
  redis.call('ZADD', scores, score, player)
  redis.call('ZREMRANGEBYRANK', scores, 0, -keep - 1)
  redis.call('PEXPIRE', scores, kept_ms)
end
-- A player who was trimmed has no rank, and nil would end the reply.
local rank = redis.call('ZREVRANK', scores, player)
return { improved and 1 or 0, math.max(score, best), rank and rank + 1 or 0 }
