import assert from 'node:assert/strict';
import { LockAbortedError, LockClosedError, RateLimitedError } from '@holdfast/core';
import type { Chapter } from '../chapter.js';

const ONE_AT_ONCE = { limits: { limit: 10, per: '1s', burst: 1 } } as const;
const NEVER = { limits: { limit: 1, per: '400d' } } as const;

export const limiterWaiting: Chapter = {
  'lets everybody pass in the end, in the order in which they came': async (scene) => {
    const { limiters } = await scene.instance();
    const limiter = limiters.define('api', ONE_AT_ONCE);
    const order: number[] = [];
    const waits = [1, 2, 3, 4].map(async (who) => {
      const decision = await limiter.waitFor(undefined, { wait: '10s' });
      assert.equal(decision.allowed, true);
      order.push(who);
    });
    await scene.arrives(Promise.all(waits));
    assert.deepEqual(order, [1, 2, 3, 4]);
  },

  'takes no longer than it may, and says at once what cannot come in time': async (scene) => {
    const { limiters } = await scene.instance();
    const limiter = limiters.define('api', NEVER);
    await scene.arrives(limiter.waitFor());
    const error = await scene.fails(limiter.waitFor(undefined, { wait: '5s' }), RateLimitedError, 1_000);
    assert.equal(error.lockName, 'api');
    assert.ok(error.retryAfterMs > 5_000);
    await scene.fails(limiter.waitFor(undefined, { wait: 0 }), RateLimitedError, 1_000);
  },

  'is over in time also for who stands behind somebody else': async (scene) => {
    const { limiters } = await scene.instance();
    const limiter = limiters.define('api', { limits: { limit: 1, per: '2s' } });
    await scene.arrives(limiter.waitFor());
    const first = scene.later(limiter.waitFor(undefined, { wait: '10s' }));
    await scene.fails(limiter.waitFor(undefined, { wait: 200 }), RateLimitedError, 1_500);
    assert.equal((await scene.arrives(first)).allowed, true);
  },

  'ends when it is given up, and counts nothing then': async (scene) => {
    const { limiters } = await scene.instance();
    const limiter = limiters.define('api', { limits: { limit: 1, per: '1s' } });
    await scene.arrives(limiter.waitFor());
    const leaving = new AbortController();
    const waits = [1, 2].map(() => scene.later(limiter.waitFor(undefined, { signal: leaving.signal })));
    await scene.passTime(50);
    leaving.abort('gone');
    for (const wait of waits) assert.equal((await scene.fails(wait, LockAbortedError, 500)).cause, 'gone');
    await scene.passTime(1_100);
    assert.equal((await scene.arrives(limiter.consume())).allowed, true);
  },

  'ends with the instance': async (scene) => {
    const holdfast = await scene.instance();
    const limiter = holdfast.limiters.define('api', { limits: { limit: 1, per: '5s' } });
    await scene.arrives(limiter.waitFor());
    const waiting = scene.later(limiter.waitFor());
    await scene.passTime(20);
    await scene.arrives(holdfast.close(0));
    await scene.fails(waiting, LockClosedError);
    await scene.fails(limiter.consume(), LockClosedError);
  },
};
