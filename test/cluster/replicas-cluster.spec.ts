/** On a cluster `'all'` is as many replicas as its map has had for one master. */
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { hashSlot } from '../../libs/core/src/redis/hash-slot.js';
import { eventually } from '../support/eventually.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startCluster } from '../support/redis-cluster.js';

const ALL = { replicas: { atLeast: 'all', within: 300 } } as const;
const NAMES = Array.from({ length: 30 }, (_, order) => `order-${order}`);
/** Carried by the last of the masters. */
const SLOT = 16_383;

it('on a cluster a master that lost its replica, or became one, grants nothing until it has one again', async () => {
  const cluster = await startCluster();
  onTestFinished(() => cluster.stop());
  const namespace = uniqueNamespace();
  const { locks, health } = await openHoldfast({ cluster: cluster.seeds }, { namespace, ...ALL });
  const victim = await cluster.masterOf(SLOT);
  const carriers = await Promise.all(NAMES.map((name) => cluster.masterOf(hashSlot(name))));
  const orphaned = NAMES.filter((_, at) => carriers[at] === victim);
  const others = NAMES.filter((_, at) => carriers[at] !== victim);
  const grant = (names: readonly string[], wait: number): Promise<unknown[]> =>
    Promise.all(names.map((name) => locks.run(name, { wait, ttl: 2_000 }, () => name)));
  expect(await grant(NAMES, 5_000)).toEqual(NAMES);
  expect(await health()).toMatchObject({ status: 'up' });
  await victim.server.kill('SIGKILL');
  await eventually(async () => (await cluster.masterOf(SLOT)) !== victim, { withinMs: 15_000 });
  expect(await grant(others, 5_000)).toEqual(others);
  const [orphan = ''] = orphaned;
  const refused = async (): Promise<boolean> => {
    const error = await rejectionOf(locks.acquire(orphan, { wait: 500 }));
    return error instanceof Error && 'condition' in error && error.condition === 'not-replicated';
  };
  await eventually(refused, { withinMs: 10_000 });
  expect(await health()).toMatchObject({ status: 'degraded', replicas: 'too-few' });
  await victim.server.restart({ empty: false });
  expect(await grant(orphaned, 15_000)).toEqual(orphaned);
  await eventually(async () => (await health()).status === 'up');
}, 60_000);

it('a single server cannot say, also when a function makes the client: refused at the start', async () => {
  const made = () => new Redis({ host: '127.0.0.1', port: 1, lazyConnect: true });
  const error = await rejectionOf(openHoldfast(made, ALL));
  expect(error).toMatchObject({
    code: 'ERR_LOCK_CONFIG',
    faults: [
      "replicas.atLeast: 'all' needs sentinels or a cluster, which know how many there are; give a number",
    ],
  });
});
