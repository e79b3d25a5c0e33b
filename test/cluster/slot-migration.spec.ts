/** A slot moves from one master to another while its locks are held, waited for, taken and given back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashSlot } from '../../libs/core/src/redis/hash-slot.js';
import { always, eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { LockLoad } from '../support/lock-load.js';
import { keysOfLock, lineIn } from '../support/lock-keys.js';
import { rounds } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { namesIn, startCluster, type ClusterMember, type RedisCluster } from '../support/redis-cluster.js';

const SLOT = 5_000;
const TTL_MS = 1_000;

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await startCluster({ replicated: false });
});
afterAll(() => cluster.stop());

async function bothEnds(): Promise<[ClusterMember, ClusterMember]> {
  const from = await cluster.masterOf(SLOT);
  const to = cluster.masters.find((other) => other !== from);
  if (to === undefined) throw new Error('there is one master only');
  return [from, to];
}

it('leases are kept and given back, waiters get their turn, and no call is refused', async () => {
  const namespace = uniqueNamespace();
  const [holder, other] = await Promise.all([
    openHoldfast({ cluster: cluster.seeds }, { namespace }),
    openHoldfast({ cluster: cluster.seeds }, { namespace }),
  ]);
  const [names, taken] = [namesIn(SLOT, 12), namesIn(SLOT, 4)];
  for (let round = 0; round < rounds(2, 20); round += 1) {
    const held = await Promise.all(taken.map((name) => holder.locks.acquire(name, { ttl: TTL_MS })));
    const waiting = other.locks.acquire(taken[0] ?? '', { ttl: TTL_MS, wait: 15_000 });
    const load = new LockLoad([holder, other], { names: names.slice(4), perSecond: 100, waitMs: 15_000 });
    const ends = await bothEnds();
    await cluster.moveSlot(SLOT, ends, async () => {
      // Some keys of a lock are here and some there, for longer than a lease would last that is not renewed.
      for (let part = 0; part < 3; part += 1) {
        await cluster.moveSome(SLOT, ends, 5);
        await always(() => held.every((lease) => lease.held), TTL_MS / 2);
      }
    });
    const before = load.granted;
    await eventually(() => load.granted > before + 20);
    await always(() => held.every((lease) => lease.held), TTL_MS);
    expect(await Promise.all(held.map((lease) => lease.release()))).toEqual(held.map(() => 'released'));
    expect(await (await waiting).release()).toBe('released');
    const tally = await load.stop();
    console.log(`slot moved: ${JSON.stringify(tally)}`);
    expect(tally).toMatchObject({ failures: {}, refused: 0, granted: tally.began });
  }
}, 60_000);

it('a renewal passes the calls of its name that have to wait until the keys are together again', async () => {
  const namespace = uniqueNamespace();
  const [holder, other] = await Promise.all(
    [0, 1].map(() => openHoldfast({ cluster: cluster.seeds }, { namespace })),
  );
  const [name = ''] = namesIn(SLOT, 1);
  const lease = await holder?.locks.acquire(name, { ttl: TTL_MS });
  const waiting = holder?.locks.acquire(name, { ttl: TTL_MS, wait: 15_000 });
  const behind = other?.locks.acquire(name, { ttl: TTL_MS, wait: 15_000 });
  const ends = await bothEnds();
  const { fence, queue } = keysOfLock(namespace, name);
  await eventually(async () => (await lineIn(ends[0].admin, queue)).length > 0);
  await cluster.moveSlot(SLOT, ends, async () => {
    await cluster.moveKeys([fence], ends);
    await always(() => lease?.held, 3 * TTL_MS);
  });
  expect(await lease?.release()).toBe('released');
  const outcomes = [waiting, behind].map(async (acquired) => (await acquired)?.release());
  expect(await Promise.all(outcomes)).toEqual(['released', 'released']);
}, 30_000);

it('our slots are those of Redis', async () => {
  for (const tag of ['order', 'Bestellung für Jürgen', '訂單', '🔒', 'a'.repeat(512)])
    expect(hashSlot(tag)).toBe(Number(await cluster.masters[0]?.admin.cluster('KEYSLOT', tag)));
});
