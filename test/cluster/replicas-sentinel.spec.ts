/** With sentinels `'all'` is as many replicas as they know of. */
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { startSentinels } from '../support/redis-sentinel.js';
import { startRedis } from '../support/redis-server.js';

const ALL = { replicas: { atLeast: 'all', within: 300 } } as const;
/** So often sentinels ask a primary for its replicas. */
const THEY_ASK_MS = 10_000;

it('each of the replicas has to have it, and one more from the moment on that the sentinels know it', async () => {
  const set = await startSentinels();
  onTestFinished(() => set.stop());
  const { locks } = await openHoldfast(set.connection, ALL);
  const [, one] = set.servers;
  const refusedWithout = async (): Promise<boolean> => {
    const lease = await locks.tryAcquire('order').catch((error: { condition?: string }) => error.condition);
    if (lease === 'not-replicated') return true;
    if (typeof lease === 'object') await lease.release();
    return false;
  };
  expect(await refusedWithout()).toBe(false);
  await one?.kill('SIGSTOP');
  expect(await refusedWithout()).toBe(true);
  await one?.kill('SIGCONT');
  expect(await refusedWithout()).toBe(false);
  const primary = await set.primary();
  const added = await startRedis({ args: ['--replicaof', '127.0.0.1', String(primary.port)] });
  onTestFinished(() => added.stop());
  await eventually(async () => (await added.client().info('replication')).includes('link_status:up'));
  await added.kill('SIGSTOP');
  await eventually(refusedWithout, { withinMs: THEY_ASK_MS + 5_000 });
}, 40_000);
