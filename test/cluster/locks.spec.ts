/** Locks on a cluster, by every way in which one may be given. */
import type { HoldfastConnection } from '@holdfast/core';
import { Cluster } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { startCluster, type RedisCluster } from '../support/redis-cluster.js';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster({ replicated: false });
});
afterAll(() => cluster.stop());

async function takeAndGiveBack(connection: HoldfastConnection): Promise<unknown> {
  const { locks } = await openHoldfast(connection, { preflight: 'refuse' });
  const leases = await Promise.all(
    Array.from({ length: 100 }, (_, order) => locks.acquire('order', { key: String(order) })),
  );
  return new Set(await Promise.all(leases.map((lease) => lease.release())));
}

it('names of all nodes are taken and given back, on a cluster in words', async () => {
  expect(await takeAndGiveBack({ cluster: cluster.seeds.slice(0, 1) })).toEqual(new Set(['released']));
});

it('names of all nodes are taken and given back, on what a live client was told', async () => {
  const client = new Cluster(cluster.seeds, { lazyConnect: true });
  expect(await takeAndGiveBack(client)).toEqual(new Set(['released']));
  expect(client.status, 'we leave it as it was').toBe('wait');
});

it('names of all nodes are taken and given back, on what a factory makes', async () => {
  const made: Cluster[] = [];
  const factory = (): Cluster => {
    const client = new Cluster(cluster.seeds, { lazyConnect: true });
    made.push(client);
    return client;
  };
  expect(await takeAndGiveBack(factory)).toEqual(new Set(['released']));
  expect(made.map(({ status }) => status)).toEqual(['end']);
});

it('one node of it is not taken for a single Redis', async () => {
  const [node = {}] = cluster.seeds;
  expect(await rejectionOf(openHoldfast(node, { preflight: 'refuse' }))).toMatchObject({
    code: 'ERR_LOCK_CONFIG',
    faults: [expect.stringContaining('give connection: { cluster: [{ host, port }] }')],
  });
});

it('what is unsafe about one of the masters is told with its address', async () => {
  const [, unsafe] = cluster.masters;
  await unsafe?.admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const refused = await rejectionOf(openHoldfast({ cluster: cluster.seeds }, { preflight: 'refuse' }));
  await unsafe?.admin.config('SET', 'maxmemory-policy', 'noeviction');
  expect(refused).toMatchObject({
    code: 'ERR_LOCK_CONFIG',
    faults: [expect.stringContaining(`127.0.0.1:${unsafe?.server.port}/0: maxmemory-policy is allkeys-lru`)],
  });
});
