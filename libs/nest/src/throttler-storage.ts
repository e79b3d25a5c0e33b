/** Lets `@nestjs/throttler` count on all replicas together. Of that package only its interface is known here. */
import { defineScript, type ScriptService } from '@holdfast/core';

const hit = defineScript({
  name: 'throttler/hit',
  family: 'throttler',
  keys: ['hits', 'blocked'],
  args: ['ttlMs', 'limit', 'blockMs'],
  source: `
local hits, blocked = KEYS[1], KEYS[2]
local ttl_ms, limit, block_ms = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local block_left_ms = redis.call('PTTL', blocked)
if block_left_ms > 0 then return { limit + 1, block_left_ms, 1, block_left_ms } end
local count = redis.call('INCR', hits)
if count == 1 then redis.call('PEXPIRE', hits, ttl_ms) end
if count <= limit then return { count, redis.call('PTTL', hits), 0, 0 } end
if block_ms == 0 then return { count, redis.call('PTTL', hits), 1, redis.call('PTTL', hits) } end
redis.call('SET', blocked, 1, 'PX', block_ms)
redis.call('DEL', hits)
return { count, block_ms, 1, block_ms }`,
});

/** What `@nestjs/throttler` is told of a hit. Times are in seconds. */
export interface ThrottlerHit {
  readonly totalHits: number;
  readonly timeToExpire: number;
  readonly isBlocked: boolean;
  readonly timeToBlockExpire: number;
}

/**
 * A `storage` for `ThrottlerModule`: hits are counted from the first one on for `ttl`, in one step, by the server's clock; whoever
 * has more than the limit is blocked for `blockDuration`, and begins anew after that.
 *
 * Errors of the store reject the request: LockUnavailableError is answered with 503.
 * @example `ThrottlerModule.forRootAsync({ inject: [ScriptService], useFactory: (scripts: ScriptService) => ({ throttlers, storage: new HoldfastThrottlerStorage(scripts) }) })`
 */
export class HoldfastThrottlerStorage {
  constructor(private readonly scripts: ScriptService) {}

  /** Durations in milliseconds, as `@nestjs/throttler` says them since version 5. */
  // oxlint-disable-next-line max-params -- the interface of @nestjs/throttler
  async increment(
    key: string,
    ttlMs: number,
    limit: number,
    blockMs: number,
    throttlerName: string,
  ): Promise<ThrottlerHit> {
    const args = { ttlMs: whole(ttlMs), limit, blockMs: Math.max(0, Math.ceil(blockMs)) };
    const reply = await this.scripts.run(hit, { key: [throttlerName, key], args });
    const [totalHits = 0, expiresMs = 0, blocked = 0, blockedMs = 0] = reply.map(Number);
    return {
      totalHits,
      timeToExpire: secondsOf(expiresMs),
      isBlocked: blocked === 1,
      timeToBlockExpire: secondsOf(blockedMs),
    };
  }
}

const whole = (ms: number): number => Math.max(1, Math.ceil(ms));
const secondsOf = (ms: number): number => Math.max(0, Math.ceil(ms / 1_000));
