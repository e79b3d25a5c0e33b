/** A holder learns that its lease is over also when Redis says nothing, and at once when Redis says so. */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ChildMessage } from '../support/child.js';
import { CommandLog } from '../support/command-log.js';
import { eventually } from '../support/eventually.js';
import { keysOfLock } from '../support/lock-keys.js';
import { rounds } from '../support/long.js';
import { machineMs, wallMinusMachineMs } from '../support/machine-clock.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { ask, closeCleanly, numberIn, startTaker, startTakers, take } from '../support/taker.js';

const HOLDERS = 3;
const ROUNDS = rounds(2, 20);

let server: RedisServer;
let namespace: string;
beforeEach(async () => {
  server = await startRedis();
  namespace = uniqueNamespace();
  onTestFinished(() => server.stop());
});

/** When the server last armed `lockKey` before it was frozen, in machine time: a little after that was sent. */
async function lastArmedAt(log: CommandLog, lockKey: string, frozenAt: number): Promise<number> {
  const calls = await log.scriptCalls();
  const armed = calls
    .filter(({ name, args }) => (name === 'SET' || name === 'PEXPIRE') && args[0] === lockKey)
    .map(({ at }) => at - wallMinusMachineMs());
  return armed.findLast((at) => at <= frozenAt) ?? NaN;
}

describe('Redis is frozen', () => {
  it('0.3 s into leases of 1 s: every holder is told within the ttl of its last confirmed renewal', async () => {
    const takers = await startTakers(HOLDERS, { url: server.url, namespace, attemptTimeout: 300 });
    const margins: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const log = await CommandLog.start(server.url);
      const ids = takers.map((_, holder) => `lock-${round}-${holder}`);
      await Promise.all(takers.map((taker, holder) => take(taker, ids[holder] ?? '', { ttl: 1_000 })));
      const grantedAt = machineMs();
      await eventually(() => machineMs() - grantedAt >= 300);
      await server.kill('SIGSTOP');
      const frozenAt = machineMs();
      const losses = await Promise.all(
        takers.map((taker, holder) => taker.message({ event: 'lost', id: ids[holder] })),
      );
      await server.kill('SIGCONT');
      for (const [holder, lost] of losses.entries()) {
        const armedAt = await lastArmedAt(log, keysOfLock(namespace, ids[holder] ?? '').lock, frozenAt);
        expect(lost).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'expired' });
        expect(numberIn(lost, 'at')).toBeLessThanOrEqual(armedAt + 1_000);
        margins.push(Math.round(armedAt + 1_000 - numberIn(lost, 'at')));
      }
      await log.stop();
    }
    console.log(`told ${margins.join(', ')} ms before the ttl was over`);
    await Promise.all(takers.map(closeCleanly));
  }, 120_000);

  it('for half a ttl only: nobody loses anything', async () => {
    const taker = await startTaker({ url: server.url, namespace, attemptTimeout: 300 });
    await take(taker, 'lock', { ttl: 2_000 });
    const frozenAt = machineMs();
    await server.kill('SIGSTOP');
    await eventually(() => machineMs() - frozenAt >= 1_000);
    await server.kill('SIGCONT');
    await eventually(() => machineMs() - frozenAt >= 3_000);
    expect(await ask(taker, { do: 'probe', id: 'lock' }, { event: 'probe' })).toMatchObject({
      check: { code: 'ok' },
      aborted: false,
    });
    expect(await ask(taker, { do: 'release', id: 'lock' }, { event: 'released' })).toMatchObject({
      outcome: 'released',
    });
    await closeCleanly(taker);
  });
});

describe('an admin', () => {
  const TTL_MS = 1_500;
  const meddling = {
    'deletes the key': (lock: string) => server.client().del(lock),
    'overwrites the key': (lock: string) => server.client().set(lock, 'mine now', 'PX', 60_000),
    'puts another type under the key': (lock: string) =>
      server.client().multi().del(lock).lpush(lock, 'x').exec(),
    'flushes the database': () => server.client().flushall(),
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
