// The usual home-made lock on one ioredis client: SET NX PX, compare and delete, polls when busy.
import { setTimeout as delay } from 'node:timers/promises';
import { COMPARE_AND_DELETE, loadScript } from './lock-scripts.mjs';
import { tokenMaker } from './token-maker.mjs';

const POLL_MS = 50;

/** @param {import('ioredis').Redis} redis @returns {Promise<import('./contender.d.ts').Client>} */
export async function pollingLock(redis) {
  const compareAndDelete = await loadScript(redis, COMPARE_AND_DELETE);
  const nextToken = tokenMaker();
  const take = (key, token, ttlMs) => redis.set(key, token, 'PX', ttlMs, 'NX');

  const poll = async (key, token, { ttlMs, waitMs }) => {
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline) {
      // Half of the delay is left to chance, or all waiters would come at once.
      await delay(POLL_MS * (0.5 + Math.random()));
      if ((await take(key, token, ttlMs)) !== null) return { key, token };
    }
    throw new Error('gave up');
  };

  return {
    acquire: async (key, options) => {
      const token = nextToken();
      if ((await take(key, token, options.ttlMs)) !== null) return { key, token };
      return poll(key, token, options);
    },
    release: async ({ key, token }) => (token === undefined ? 0 : compareAndDelete(1, key, token)),
    // What a job that must not run again soon does without a library: the key is left to expire.
    tryOnce: async (key, { ttlMs, holdAtLeastMs }) => {
      const token = nextToken();
      if ((await take(key, token, holdAtLeastMs > 0 ? holdAtLeastMs : ttlMs)) === null) return undefined;
      return holdAtLeastMs > 0 ? { key } : { key, token };
    },
  };
}
