/** P4 on a real server: tenures that are passed along in several processes at once, and what others see of it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LeaseLostError, StaleFenceError, type Holdfast, type Lease } from '@holdfast/core';
import { checkHistory, FencedResource, type HistoryEvent } from '@holdfast/testing';
import type { Redis } from 'ioredis';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CommandLog } from '../support/command-log.js';
import { eventually } from '../support/eventually.js';
import { openHoldfast } from '../support/holdfasts.js';
import { isAcquire, isRelease, keysOfLock, lineIn } from '../support/lock-keys.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const BLOCK = 16;
const PATIENT = { ttl: 1_000, wait: 30_000 };

let server: RedisServer;
let redis: Redis;
let namespace: string;
beforeEach(async () => {
  server = await startRedis();
  onTestFinished(() => server.stop());
  redis = server.client();
  namespace = uniqueNamespace();
});

/** Instances that know nothing of each other, as those of several processes. */
const processes = (count: number): Promise<Holdfast[]> =>
  Promise.all(Array.from({ length: count }, () => openHoldfast(server.url, { namespace })));

/** How many tenures these leases are of: fences of one tenure are consecutive. */
const tenuresOf = (fences: readonly number[]): number =>
  fences.filter((fence, index) => fence !== (fences[index - 1] ?? NaN) + 1).length;

/** Works with what it has: writes, and lets others run before and after. */
async function write(resource: FencedResource, { fence }: Lease): Promise<void> {
  await nextTurn();
  resource.write(fence, fence);
  await nextTurn();
}

/** What everybody does again and again; a lease that was lost on the way, or told so by the resource, is an end, too. */
async function turns(
  holdfast: Holdfast,
  count: number,
  work: (lease: Lease) => Promise<void>,
): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await holdfast.locks.run('lock', PATIENT, work).catch((error: unknown) => {
      if (!LeaseLostError.is(error) && !StaleFenceError.is(error)) throw error;
    });
  }
}

describe('many waiters in several processes', () => {
  it('P4.1 have fences that grow strictly at the resource, never two at once, and everybody has a turn', async () => {
    const resource = new FencedResource();
    const history: HistoryEvent[] = [];
    const work = async (lease: Lease): Promise<void> => {
      const event = { name: 'lock', holder: String(lease.fence), fence: lease.fence };
      history.push({ ...event, kind: 'acquired', at: performance.now() });
      await write(resource, lease);
      history.push({ ...event, kind: 'released', at: performance.now() });
    };
    const all = (await processes(3)).flatMap((one) => Array.from({ length: 20 }, () => turns(one, 5, work)));
    await Promise.all(all);
    const fences = resource.accepted.map(({ fence }) => fence);
    expect([fences.length, resource.refused]).toEqual([300, []]);
    expect(fences).toEqual([...new Set(fences)].toSorted((a, b) => a - b));
    expect(checkHistory(history)).toEqual([]);
    expect(tenuresOf(fences), 'leases share tenures').toBeLessThan(fences.length / 2);
    expect(tenuresOf(fences), 'and no tenure serves more than its block').toBeGreaterThanOrEqual(300 / BLOCK);
  });

  it('P4.1 have fences that grow strictly at the resource whatever is flushed and however long they are frozen', async () => {
    const resource = new FencedResource();
    let turn = 0;
    const work = async (lease: Lease): Promise<void> => {
      turn += 1;
      if (turn % 37 === 0) await redis.flushall();
      if (turn % 90 === 0) freezeFor(PATIENT.ttl + 100);
      await write(resource, lease);
    };
    const all = (await processes(3)).flatMap((one) => Array.from({ length: 10 }, () => turns(one, 10, work)));
    await Promise.all(all);
    const fences = resource.accepted.map(({ fence }) => fence);
    expect(turn).toBe(300);
    expect(fences).toEqual([...new Set(fences)].toSorted((a, b) => a - b));
    expect(fences.length).toBeGreaterThan(200);
  }, 60_000);
});

/** Nobody of this process runs, and no timer fires. */
function freezeFor(ms: number): void {
  const endsAt = performance.now() + ms;
  while (performance.now() < endsAt);
}

describe('a process with one waiter', () => {
  it('P4.2 is served again and again beside one with fifty', async () => {
    const [crowd, lone] = await processes(2);
    if (crowd === undefined || lone === undefined) throw new Error('two were asked for');
    const grants: string[] = [];
    let going = true;
    const member = async (): Promise<void> => {
      while (going) {
        await crowd.locks.run('lock', PATIENT, async () => {
          grants.push('crowd');
          await nextTurn();
        });
      }
    };
    const members = Array.from({ length: 50 }, member);
    const before: number[] = [];
    for (let turn = 0; turn < 40; turn += 1) {
      await eventually(() => grants.at(-1) === 'crowd');
      const askedAt = grants.length;
      await lone.locks.run('lock', PATIENT, () => {
        before.push(grants.length - askedAt);
        grants.push('lone');
      });
    }
    going = false;
    await Promise.all(members);
    // What is left of the tenure that it finds, one that changes hands while it is on its way, and one before it in line.
    expect(Math.max(...before)).toBeLessThanOrEqual(3 * BLOCK);
    console.log(`leases of the crowd before each of the lone one: ${before.join(' ')}`);
    expect(grants.filter((who) => who === 'crowd').length, 'the crowd is served, too').toBeGreaterThan(200);
  }, 60_000);
});

describe('a release with somebody in line behind it', () => {
  /** Calls on the wire that give back and ask in one. */
  const handOffs = async (log: CommandLog) =>
    (await log.wireCommands()).filter(({ args }) => isRelease(args) && isAcquire(args));

  it('P4.2 travels with the next acquire in one script call, before it', async () => {
    const [one] = await processes(1);
    if (one === undefined) throw new Error('one was asked for');
    const log = await CommandLog.start(server.url);
    onTestFinished(() => log.stop());
    const lease = await one.locks.acquire('lock', PATIENT);
    // Another ttl: nothing may be passed to it.
    const next = one.locks.acquire('lock', { ...PATIENT, ttl: 5_000 });
    const [outcome, successor] = await Promise.all([lease.release(), next]);
    expect([outcome, successor.held, successor.fence >= lease.fence + BLOCK]).toEqual([
      'released',
      true,
      true,
    ]);
    const [handOff, ...more] = await handOffs(log);
    const [, , ttlBefore, , , ttlBehind] = handOff?.args.slice(7) ?? [];
    expect([more, ttlBefore, ttlBehind]).toEqual([[], '0', '5000']);
  });

  it('P2.1 does not barge: who stands in the queue of another process is next', async () => {
    const [holder, one, other] = await processes(3);
    if (holder === undefined || one === undefined || other === undefined)
      throw new Error('three were asked for');
    const { queue } = keysOfLock(namespace, 'lock');
    const inLine = (count: number) => eventually(async () => (await lineIn(redis, queue)).length === count);
    const order: string[] = [];
    const turnOf = (who: string, holdfast: Holdfast, ttl: number): Promise<void> =>
      holdfast.locks.run('lock', { ...PATIENT, ttl }, () => void order.push(who));
    const held = await holder.locks.acquire('lock', PATIENT);
    const asked = [turnOf('first here', one, 1_000)];
    await inLine(1);
    asked.push(turnOf('other process', other, 1_000), turnOf('second here', one, 5_000));
    await inLine(2);
    const log = await CommandLog.start(server.url);
    onTestFinished(() => log.stop());
    await held.release();
    await Promise.all(asked);
    expect(order).toEqual(['first here', 'other process', 'second here']);
    expect(await handOffs(log)).toHaveLength(1);
  });
});
