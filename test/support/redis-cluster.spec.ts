/** The cluster of the tests: it forms and moves slots; test/faults sees it fail over. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCluster, type RedisCluster } from './redis-cluster.js';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

it('spreads the slots over its masters', async () => {
  const carriers = new Set<number>();
  for (const slot of [0, 8_000, 16_383]) carriers.add((await cluster.masterOf(slot)).server.port);
  expect(carriers.size).toBe(3);
});

it('moves a slot with what is in it from one master to another', async () => {
  const slot = Number(await cluster.members[0]?.admin.cluster('KEYSLOT', 'order'));
  const from = await cluster.masterOf(slot);
  const to = cluster.masters.find((other) => other !== from);
  if (to === undefined) throw new Error('there is one master only');
  await from.admin.set('order', 'kept');
  await cluster.moveSlot(slot, [from, to]);
  expect(await to.admin.get('order')).toBe('kept');
});
