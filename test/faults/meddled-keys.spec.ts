/** Somebody else's hand on the key of a lock; keys that are gone are row F19. */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ChildMessage } from '../support/child.js';
import { keysOfLock } from '../support/lock-keys.js';
import { machineMs } from '../support/machine-clock.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { closeCleanly, numberIn, startTaker, take } from '../support/taker.js';

let server: RedisServer;
let namespace: string;
beforeEach(async () => {
  server = await startRedis();
  namespace = uniqueNamespace();
  onTestFinished(() => server.stop());
});

describe('an admin', () => {
  const TTL_MS = 1_500;
  const meddling = {
    'overwrites the key': (lock: string) => server.client().set(lock, 'mine now', 'PX', 60_000),
    'puts another type under the key': (lock: string) =>
      server.client().multi().del(lock).lpush(lock, 'x').exec(),
  };

  it.each(Object.entries(meddling))('%s: the holder is told at the next renewal', async (_, meddle) => {
    const taker = await startTaker({ url: server.url, namespace });
    const { lock } = keysOfLock(namespace, 'lock');
    await take(taker, 'lock', { ttl: TTL_MS });
    const lost: Promise<ChildMessage> = taker.nextMessage({ event: 'lost' });
    await meddle(lock);
    const meddledAt = machineMs();
    const toldAt = numberIn(await lost, 'at');
    expect(await lost).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'taken' });
    expect(toldAt - meddledAt).toBeLessThanOrEqual(TTL_MS / 3 + 100);
    await closeCleanly(taker);
  });
});
