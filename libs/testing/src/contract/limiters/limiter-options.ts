import assert from 'node:assert/strict';
import { LockConfigError, type Duration, type RateLimitRule } from '@holdfast/core';
import type { Chapter } from '../chapter.js';

const PER: Duration = '1s';
const SENSELESS: readonly (readonly [RateLimitRule, RegExp])[] = [
  [{ limit: 0, per: PER }, /limit: 0 must be an integer from 1/],
  [{ limit: -5, per: PER }, /limit: -5/],
  [{ limit: NaN, per: PER }, /limit: NaN/],
  [{ limit: 1.5, per: PER }, /limit: 1.5/],
  [{ limit: 2 ** 53, per: PER }, /limit: 9007199254740992/],
  [{ limit: 5, per: 0 }, /per: 0 must be at least 1 ms/],
  [{ limit: 5, per: '401d' }, /per: "401d" must be at most/],
  [{ limit: 5, per: PER, burst: 0 }, /burst: 0/],
  [{ algorithm: 'sliding-window-log', limit: 10_001, per: PER }, /limit: 10001 .* to 10000/],
  [{ algorithm: 'sliding-window-counter', limit: 1e9, per: '400d' }, /cannot be counted exactly/],
  [{ algorithm: 'token-bucket', capacity: 1e9, refill: 7, per: '1d' }, /capacity: 1000000000/],
  [{ limit: 1, per: '400d', burst: 2 }, /burst: 2 .* further than 400 days/],
];

export const limiterOptions: Chapter = {
  'that make no sense are refused before anything is sent, with every fault': async (scene) => {
    const { limiters } = await scene.instance();
    for (const [limit, fault] of SENSELESS)
      assert.throws(() => limiters.define('api', { limits: limit }), fault);
    assert.throws(
      () =>
        limiters.define('', {
          limits: [
            { limit: 0, per: PER },
            { limit: 5, per: '9999d' },
          ],
        }),
      (error: unknown) => LockConfigError.is(error) && error.faults.length === 3,
    );
    assert.throws(() => limiters.define('api', { limits: [] }), LockConfigError);
    const twice = { limit: 5, per: PER } as const;
    assert.throws(() => limiters.define('api', { limits: [twice, twice] }), /twice/);
  },

  'of a call are checked, too': async (scene) => {
    const { limiters } = await scene.instance();
    const limiter = limiters.define('api', { limits: { limit: 5, per: PER } });
    for (const cost of [0, -1, 1.5, NaN, 6]) await scene.fails(limiter.consume('a', cost), LockConfigError);
    await scene.fails(limiter.consume(''), LockConfigError);
    await scene.fails(limiter.waitFor('a', { wait: -1 }), LockConfigError);
    assert.equal((await scene.arrives(limiter.consume('a', 5))).allowed, true);
  },

  'at their edges work': async (scene) => {
    const { limiters } = await scene.instance();
    const edges: readonly RateLimitRule[] = [
      { limit: 1_000_000_000, per: 1 },
      { limit: 1, per: '400d' },
      { algorithm: 'token-bucket', capacity: 1_000_000_000, refill: 1_000_000_000, per: '400d' },
      { algorithm: 'fixed-window', limit: 1_000_000_000, per: '400d' },
      { algorithm: 'sliding-window-counter', limit: 250_000, per: '400d' },
      { algorithm: 'sliding-window-log', limit: 10_000, per: '400d' },
    ];
    for (const limits of edges) {
      const limiter = limiters.define('api', { limits });
      const decision = await scene.arrives(limiter.consume('a'.repeat(512)));
      assert.ok(decision.allowed && decision.counted, JSON.stringify(limits));
    }
  },
};
