/** Waiters that were frozen in line: who stands behind them hardly notices. Those that died are row F37. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child } from '../support/child.js';
import { eventually } from '../support/eventually.js';
import { keysOfLock, lineIn } from '../support/lock-keys.js';
import { long } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { closeCleanly, numberIn, startTaker, startTakers, take } from '../support/taker.js';

const ALL_FROZEN_MS = 3_500;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

interface Line {
  readonly holder: Child;
  readonly front: readonly Child[];
  readonly last: Child;
}

/** A holder, `count` waiters in a known order, and one behind all of them. */
async function lineOf(count: number): Promise<Line> {
  const options = { url: server.url, namespace: uniqueNamespace(), shutdownGrace: 0 };
  const { queue } = keysOfLock(options.namespace, 'lock');
  const [holder, last] = await Promise.all([startTaker(options), startTaker(options)]);
  const front = await startTakers(count, options);
  const redis = server.client();
  await take(holder, 'lock', { ttl: 30_000 });
  const wants = { do: 'acquire', id: 'lock', name: 'lock', options: { ttl: 30_000, wait: 60_000 } };
  for (const waiter of front) waiter.send(wants);
  await eventually(async () => (await lineIn(redis, queue)).length === count);
  last.send(wants);
  await eventually(async () => (await lineIn(redis, queue)).length === count + 1);
  return { holder, front, last };
}

/** From the release of the holder to the grant of the last in line. */
async function handOffMs({ holder, last }: Line): Promise<number> {
  const released = holder.nextMessage({ event: 'released' });
  holder.send({ do: 'release', id: 'lock' });
  const releasedAt = numberIn(await released, 'at');
  const granted = await last.message({ event: 'granted', id: 'lock' }, 20_000);
  return numberIn(granted, 'at') - releasedAt;
}

describe('waiters that', () => {
  it.each(long ? [1, 5, 20] : [5])(
    'are frozen (%i of them) cost 3.5 s in all, and take nothing when they wake',
    async (count) => {
      const line = await lineOf(count);
      for (const waiter of line.front) waiter.freeze();
      const tookMs = await handOffMs(line);
      console.log(`${count} frozen: ${Math.round(tookMs)} ms`);
      expect(tookMs).toBeLessThanOrEqual(ALL_FROZEN_MS);
      for (const waiter of line.front) waiter.thaw();
      // They go on waiting; the lock is theirs when it is given back, and nobody's before.
      line.last.send({ do: 'release', id: 'lock' });
      expect(await line.last.message({ event: 'released', id: 'lock' })).toMatchObject({
        outcome: 'released',
      });
      await eventually(() => line.front.some(isGranted));
      expect(line.front.filter(isGranted)).toHaveLength(1);
      await Promise.all([line.holder, line.last].map(closeCleanly));
    },
    90_000,
  );
});

const isGranted = ({ messages }: Child): boolean => messages.some(({ event }) => event === 'granted');
