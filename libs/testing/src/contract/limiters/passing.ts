import assert from 'node:assert/strict';
import type { RateLimitRule, RateLimiter } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import type { Scene } from '../scene.js';

/** So long that no window of the clock ends, and nothing comes again, while a test runs. */
const LONG = '400d';
const THREE: Readonly<Record<string, RateLimitRule>> = {
  gcra: { limit: 3, per: LONG },
  'a token bucket': { algorithm: 'token-bucket', capacity: 3, refill: 3, per: LONG },
  'a fixed window': { algorithm: 'fixed-window', limit: 3, per: LONG },
  'a sliding window counter': { algorithm: 'sliding-window-counter', limit: 3, per: LONG },
  'a sliding window log': { algorithm: 'sliding-window-log', limit: 3, per: LONG },
};
/** The same, so short that a test can wait for it. */
const SOON_MS = 300;
const SOON: Readonly<Record<string, RateLimitRule>> = Object.fromEntries(
  Object.entries(THREE).map(([kind, limit]) => [kind, { ...limit, per: SOON_MS }]),
);

async function passed(scene: Scene, limiter: RateLimiter, key?: string): Promise<boolean> {
  return (await scene.arrives(limiter.consume(key))).allowed;
}

const ofEach = (
  limits: Readonly<Record<string, RateLimitRule>>,
  tell: (kind: string) => string,
  act: (scene: Scene, limit: RateLimitRule) => Promise<void>,
): Chapter =>
  Object.fromEntries(
    Object.entries(limits).map(([kind, limit]) => [tell(kind), (scene: Scene) => act(scene, limit)]),
  );

async function asManyAsSaid(scene: Scene, limits: RateLimitRule): Promise<void> {
  const limiters = (await scene.pair()).map((one) => one.limiters.define('api', { limits }));
  const [one, other] = limiters;
  assert.ok(one !== undefined && other !== undefined);
  for (const [at, limiter] of [one, other, one].entries()) {
    const decision = await scene.arrives(limiter.consume());
    assert.ok(decision.allowed && decision.counted);
    assert.equal(decision.remaining, 2 - at);
    assert.deepEqual(
      decision.limits.map(({ limit, remaining, retryAfterMs }) => [limit, remaining, retryAfterMs]),
      [[3, 2 - at, 0]],
    );
  }
  for (const limiter of limiters) {
    const refused = await scene.arrives(limiter.consume());
    assert.equal(refused.allowed, false);
    assert.ok(!refused.allowed && refused.retryAfterMs > 1_000 && refused.remaining === 0);
  }
}

async function passAgain(scene: Scene, limits: RateLimitRule): Promise<void> {
  const { limiters } = await scene.instance();
  const limiter = limiters.define('api', { limits });
  for (let request = 0; request < 20; request += 1) {
    const decision = await scene.arrives(limiter.consume());
    if (decision.allowed) continue;
    assert.ok(decision.retryAfterMs <= 2 * SOON_MS);
    await scene.passTime(decision.retryAfterMs);
    assert.equal((await scene.arrives(limiter.consume())).allowed, true);
    return;
  }
  assert.fail('nothing was ever refused');
}

export const passing: Chapter = {
  ...ofEach(
    THREE,
    (kind) => `lets as many pass as ${kind} says, in all processes together, and tells how many are left`,
    asManyAsSaid,
  ),
  ...ofEach(SOON, (kind) => `lets pass by ${kind} who comes back when it was told to`, passAgain),

  'counts for each key by itself': async (scene) => {
    const { limiters } = await scene.instance();
    const limiter = limiters.define('api', { limits: { limit: 1, per: LONG } });
    assert.deepEqual([await passed(scene, limiter, 'a'), await passed(scene, limiter, 'b')], [true, true]);
    assert.deepEqual(
      [await passed(scene, limiter, 'a'), await passed(scene, limiter, 'b'), await passed(scene, limiter)],
      [false, false, true],
    );
  },

  'counts against all of its limits, or against none': async (scene) => {
    const { limiters } = await scene.instance();
    const limits = [
      { limit: 10, per: LONG },
      { algorithm: 'fixed-window', limit: 2, per: LONG },
    ] as const;
    const limiter = limiters.define('api', { limits });
    for (let request = 0; request < 4; request += 1) await scene.arrives(limiter.consume());
    const states = await scene.arrives(limiter.peek());
    assert.deepEqual(
      states.map(({ remaining }) => remaining),
      [8, 0],
    );
    const refused = await scene.arrives(limiter.consume());
    assert.ok(!refused.allowed);
    assert.deepEqual(
      refused.limits.map(({ retryAfterMs }) => retryAfterMs > 0),
      [false, true],
    );
  },

  'counts what a request costs, all of it or nothing': async (scene) => {
    const { limiters } = await scene.instance();
    for (const [kind, limits] of Object.entries(THREE)) {
      const limiter = limiters.define('api', { limits });
      assert.equal((await scene.arrives(limiter.consume(kind, 2))).allowed, true, kind);
      assert.equal((await scene.arrives(limiter.consume(kind, 2))).allowed, false, kind);
      assert.equal((await scene.arrives(limiter.consume(kind, 1))).allowed, true, kind);
    }
  },

  'tells how it stands, and counts nothing then': async (scene) => {
    const { limiters } = await scene.instance();
    for (const [kind, limits] of Object.entries(THREE)) {
      const limiter = limiters.define('api', { limits });
      for (let look = 0; look < 5; look += 1) {
        assert.equal((await scene.arrives(limiter.check(kind, 3))).allowed, true, kind);
        const [state] = await scene.arrives(limiter.peek(kind));
        assert.deepEqual([state?.remaining, state?.resetMs, state?.limit], [3, 0, 3], kind);
      }
      await scene.arrives(limiter.consume(kind));
      assert.equal((await scene.arrives(limiter.check(kind, 3))).allowed, false, kind);
      assert.equal((await scene.arrives(limiter.check(kind, 2))).allowed, true, kind);
    }
  },

  'forgets when it is told to': async (scene) => {
    const { limiters } = await scene.instance();
    const limiter = limiters.define('api', { limits: Object.values(THREE) });
    await scene.arrives(limiter.consume('a', 3));
    assert.equal(await passed(scene, limiter, 'a'), false);
    await scene.arrives(limiter.reset('a'));
    assert.equal(await passed(scene, limiter, 'a'), true);
  },

  'begins anew for another limit of its name': async (scene) => {
    const { limiters } = await scene.instance();
    const [before, after] = [3, 4].map((limit) => limiters.define('api', { limits: { limit, per: LONG } }));
    assert.ok(before !== undefined && after !== undefined);
    await scene.arrives(before.consume(undefined, 3));
    assert.deepEqual([await passed(scene, before), await passed(scene, after)], [false, true]);
  },
};
