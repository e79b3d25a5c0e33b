/** The Redis user of docs/failure-modes.md needs what docs/cluster.md adds on a cluster, and no more. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { sectionsOf } from '../docs/pages.js';
import { always } from '../support/eventually.js';
import { openHoldfast, rejectionOf } from '../support/holdfasts.js';
import { namesIn, startCluster, type RedisCluster } from '../support/redis-cluster.js';
import { startRedis } from '../support/redis-server.js';

const SLOT = 7_000;
const USER = { username: 'holdfast', password: 'password' };

function rightsIn(page: string, section: string): string[] {
  const text = sectionsOf(page, 2).get(section) ?? '';
  return (/^ACL SETUSER holdfast (.+)$/m.exec(text)?.[1] ?? '').split(' ');
}

const everywhere = rightsIn('docs/failure-modes.md', 'The Redis user');
const onCluster = rightsIn('docs/cluster.md', 'The Redis user of a cluster');

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster({ replicated: false });
});
afterAll(() => cluster.stop());

async function grant(rights: readonly string[]): Promise<void> {
  for (const { admin } of cluster.masters) {
    await admin.call('ACL', 'SETUSER', 'holdfast', 'reset', ...rights);
    await admin.call('ACL', 'LOG', 'RESET');
  }
}

it('is never refused anything, also while a slot moves', async () => {
  await grant([...everywhere, ...onCluster]);
  const { locks } = await openHoldfast({ cluster: cluster.seeds, redisOptions: USER });
  const held = await Promise.all(namesIn(SLOT, 3).map((name) => locks.acquire(name, { ttl: 400 })));
  const from = await cluster.masterOf(SLOT);
  const to = cluster.masters.find((other) => other !== from) ?? from;
  await cluster.moveSlot(SLOT, [from, to], async () => {
    await cluster.moveSome(SLOT, [from, to], 4);
    await always(() => held.every((lease) => lease.held), 500);
  });
  expect(await Promise.all(held.map((lease) => lease.release()))).toEqual(held.map(() => 'released'));
  for (const { admin } of cluster.masters) expect(await admin.call('ACL', 'LOG')).toEqual([]);
});

it('says why it finds no node without the right to ask who carries what', async () => {
  await grant(everywhere);
  const connection = { cluster: cluster.seeds, redisOptions: USER };
  const refused = await rejectionOf(openHoldfast(connection, { connectTimeout: 300, preflight: 'refuse' }));
  expect(refused).toMatchObject({ code: 'ERR_LOCK_REFUSED', condition: 'no-permission' });
});

it('says that a server is not of a cluster', async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const connection = { cluster: [{ host: '127.0.0.1', port: server.port }] };
  const refused = await rejectionOf(openHoldfast(connection, { connectTimeout: 300, preflight: 'refuse' }));
  expect(refused).toMatchObject({ code: 'ERR_LOCK_REFUSED', condition: 'unexpected' });
  expect(inspect(refused)).toContain('cluster support disabled');
});
