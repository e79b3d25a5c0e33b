/**
 * F32: a minority of a quorum is dead, frozen, slow, or comes back empty, under load: work goes on, nobody is let in
 * while another is inside, fences grow, and no bid stays behind.
 */
import { createHoldfast, quorum } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { QuorumServers } from '../quorum/support/quorum-servers.js';
import { eventually } from '../support/eventually.js';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.js';
import { LockLoad } from '../support/lock-load.js';
import { long } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import type { RedisServer } from '../support/redis-server.js';

const NAMES = Array.from({ length: 8 }, (_, order) => `order-${order}`);
const LONGEST_TTL_MS = 1_500;
const PATIENCE = { withinMs: 15_000 };

type Scene = Awaited<ReturnType<typeof underLoad>>;

/** Plays a fault on servers of its own, which go on under load, and cleans up: several are played side by side. */
async function play(count: number, fault: (scene: Scene) => Promise<void>): Promise<object> {
  const servers = await QuorumServers.start(count);
  const proxies = await Promise.all(servers.ports.map((port) => startFaultProxy(port)));
  try {
    const scene = await underLoad(servers, proxies);
    await fault(scene);
    return await end(scene);
  } finally {
    await Promise.all(proxies.map((proxy) => proxy.stop()));
    await servers.stop();
  }
}

async function underLoad(servers: QuorumServers, proxies: readonly FaultProxy[]) {
  const namespace = uniqueNamespace();
  await servers.seat(namespace);
  const urls = proxies.map(({ url }) => url);
  const connection = quorum(urls, { longestTtl: LONGEST_TTL_MS });
  const options = { connection, namespace, ttl: 1_000, attemptTimeout: 300, preflight: 'off' } as const;
  const instances = await Promise.all([0, 1, 2].map(() => createHoldfast(options)));
  const load = new LockLoad(instances, { names: NAMES, perSecond: 80, waitMs: 15_000 });
  await eventually(() => load.grantedSince(0), PATIENCE);
  return { servers, proxies, load, namespace, instances };
}

/** Every name is granted again and again from now on. */
async function goesOn({ load }: Scene): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    const since = performance.now();
    await eventually(() => load.grantedSince(since), PATIENCE);
  }
}

/** What all that came to. Of keys of locks and lines none may be left when every lease has ended. */
async function end({ load, servers, namespace, instances }: Scene) {
  const { began, granted, ...tally } = await load.stop();
  await Promise.all(instances.map((instance) => instance.close(0)));
  console.log(JSON.stringify({ began, granted, ...tally }));
  await eventually(async () => (await servers.leftovers(namespace)).length === 0, { withinMs: 8_000 });
  return { ...tally, notServed: began - granted };
}

const ALL_WELL = { failures: {}, refused: 0, overlaps: 0, notServed: 0 };

/** Of three one may be lost, of five two. Five are for the long run. */
const minorities = long
  ? [
      { count: 3, lost: [1] },
      { count: 5, lost: [0, 3] },
    ]
  : [{ count: 3, lost: [1] }];

describe.concurrent.each(minorities)('a quorum of $count under load, of which $lost', ({ count, lost }) => {
  const each = (servers: QuorumServers, act: (server: RedisServer) => Promise<void>): Promise<void[]> =>
    Promise.all(servers.all.filter((_, at) => lost.includes(at)).map(act));

  it('are killed, goes on, and has them back', { timeout: 60_000 }, async () => {
    const outcome = await play(count, async (scene) => {
      await each(scene.servers, (server) => server.kill('SIGKILL'));
      await goesOn(scene);
      await each(scene.servers, (server) => server.restart({ empty: true }));
      await goesOn(scene);
    });
    expect(outcome).toEqual(ALL_WELL);
  });

  it('are frozen, goes on, and what they did late leaves nothing', { timeout: 60_000 }, async () => {
    const outcome = await play(count, async (scene) => {
      await each(scene.servers, (server) => server.kill('SIGSTOP'));
      await goesOn(scene);
      await each(scene.servers, (server) => server.kill('SIGCONT'));
      await goesOn(scene);
    });
    expect(outcome).toEqual(ALL_WELL);
  });

  it('answer later than an attempt may take, goes on', { timeout: 60_000 }, async () => {
    const outcome = await play(count, async (scene) => {
      for (const at of lost) scene.proxies[at]?.delay(400);
      await goesOn(scene);
      for (const at of lost) await scene.proxies[at]?.heal();
      await goesOn(scene);
    });
    expect(outcome).toEqual(ALL_WELL);
  });

  it(
    'come back empty, goes on without their votes, and with them when others are lost',
    { timeout: 60_000 },
    async () => {
      const outcome = await play(count, async (scene) => {
        await each(scene.servers, (server) => server.restart({ empty: true }));
        await goesOn(scene);
        const absentUntil = performance.now() + 1.1 * LONGEST_TTL_MS;
        await eventually(() => performance.now() > absentUntil);
        for (const at of lost) await scene.servers.all[(at + 1) % count]?.kill('SIGKILL');
        await goesOn(scene);
      });
      expect(outcome).toEqual(ALL_WELL);
    },
  );
});
