/** Health and the list of replicas on a cluster: both are kept, and asked of, the master that carries the namespace's name. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashSlot } from '../../libs/core/src/redis/hash-slot.js';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startCluster, type RedisCluster } from '../support/redis-cluster.js';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster({ replicated: false });
});
afterAll(() => cluster.stop());

it('each process is listed by the others until it leaves', async () => {
  const namespace = uniqueNamespace();
  const [one, other] = await Promise.all(
    ['shop-1', 'shop-2'].map((replica) => openHoldfast({ cluster: cluster.seeds }, { namespace, replica })),
  );
  const listed = async () => (await one?.inspector.replicas())?.map(({ replica }) => replica).toSorted();
  await eventually(async () => (await listed())?.length === 2);
  expect(await listed()).toEqual(['shop-1', 'shop-2']);
  await other?.close(0);
  expect(await listed()).toEqual(['shop-1']);
});

it('is down while the master of the namespace is silent, whatever the others do, and up again afterwards', async () => {
  const namespace = uniqueNamespace();
  const holdfast = await openHoldfast({ cluster: cluster.seeds }, { namespace, attemptTimeout: 200 });
  const asked = await cluster.masterOf(hashSlot(namespace));
  const others = cluster.masters.filter((master) => master !== asked);
  const statusWithout = async (silent: typeof others): Promise<string> => {
    await Promise.all(silent.map(({ server }) => server.kill('SIGSTOP')));
    const { status } = await holdfast.health();
    await Promise.all(silent.map(({ server }) => server.kill('SIGCONT')));
    return status;
  };
  expect(await statusWithout(others)).toBe('up');
  expect(await statusWithout([asked])).toBe('down');
  await eventually(async () => (await holdfast.health()).status === 'up');
});
