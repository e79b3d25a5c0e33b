/** A holder that dies blocks the next one until its lease is over, and not longer. */
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { keysOfLock } from '../support/lock-keys.js';
import { rounds } from '../support/long.js';
import { machineMs } from '../support/machine-clock.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis } from '../support/redis-server.js';
import { ask, closeCleanly, numberIn, startTaker, take } from '../support/taker.js';

const TTL_MS = 1_000;
const ROUNDS = rounds(3, 20);

it('the next in line gets the lock of a killed holder within ttl + 1 s and never before the rest of its lease', async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const redis = server.client();
  const options = { url: server.url, namespace: uniqueNamespace() };
  const keys = keysOfLock(options.namespace, 'lock');
  const waiter = await startTaker(options);
  const lateness: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const holder = await startTaker(options);
    const heldSince = numberIn(await take(holder, 'lock', { ttl: TTL_MS }), 'at');
    const id = `wait-${round}`;
    waiter.send({ do: 'acquire', id, name: 'lock', options: { ttl: TTL_MS, wait: 20_000 } });
    await eventually(() => redis.zcard(keys.queue));
    // In some rounds before the first renewal, in others after it.
    await eventually(() => machineMs() - heldSince >= (round % 3) * 300);
    const killedAt = machineMs();
    await holder.kill('SIGKILL');
    const askedAt = machineMs();
    const remainingMs = await redis.pttl(keys.lock);
    expect(remainingMs).toBeGreaterThan(0);
    const grantedAt = numberIn(await waiter.message({ event: 'granted', id }), 'at');
    expect(grantedAt).toBeGreaterThanOrEqual(askedAt + remainingMs - 1);
    expect(grantedAt - killedAt).toBeLessThanOrEqual(TTL_MS + 1_000);
    lateness.push(Math.round(grantedAt - (askedAt + remainingMs)));
    await ask(waiter, { do: 'release', id }, { event: 'released', id });
  }
  console.log(`taken over ${lateness.join(', ')} ms after the dead holder's lease was over`);
  await closeCleanly(waiter);
}, 120_000);
