/** What each operation sends to the server, counted by MONITOR; docs/keyspace.md lists it. */
import { readFileSync } from 'node:fs';
import { defineScript, type Holdfast, type Lease } from '@holdfast/core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CommandLog } from '../support/command-log.js';
import { openHoldfast } from '../support/holdfasts.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const OPERATIONS: Readonly<Record<string, number>> = JSON.parse(
  readFileSync(new URL('../../tools/operations.json', import.meta.url), 'utf8'),
);

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

/** What is counted, and what has to be there before. */
type Operation = (holdfast: Holdfast) => Promise<() => Promise<unknown>>;

const PER = '1h';
const NAMES = Array.from({ length: 8 }, (_, key) => ({ name: 'l', key }));
const limiterOf = ({ limiters }: Holdfast) =>
  limiters.define('api', { limits: [1, 2, 3].map((limit) => ({ limit: 10 * limit, per: PER })) });
const quotaOf = ({ quotas }: Holdfast) =>
  quotas.define('stock', { counters: { left: { initial: 9 }, sold: {}, seen: {} } });
const latchOf = ({ latches }: Holdfast) => latches.latch('shards', { of: 1 });
const once = { remember: '1h' } as const;
const script = defineScript({ name: 'one', keys: ['a'], source: 'return { 1 }' });

/** Something that is done once and takes until it is told to finish. */
function oneAtIt({ once: all }: Holdfast) {
  let over = (): void => undefined;
  const whenOver = new Promise<void>((resolve) => (over = resolve));
  let run: Promise<void> | undefined;
  const begun = () =>
    new Promise<void>((resolve) => {
      run = all.run('o', once, () => {
        resolve();
        return whenOver;
      });
    });
  const finish = async (): Promise<void> => {
    over();
    await run;
  };
  return { begun, finish };
}

const releasing =
  (take: (holdfast: Holdfast) => Promise<Lease>): Operation =>
  async (holdfast) => {
    const lease = await take(holdfast);
    return () => lease.release();
  };

const reserved = async (holdfast: Holdfast) => {
  const told = await quotaOf(holdfast).reserve({ left: -1 }, { ttl: PER });
  if (!told.reserved) throw new Error('there are nine');
  return told.reservation;
};

const PLAYED: Readonly<Record<string, Operation>> = {
  'locks.acquire':
    async ({ locks }) =>
    () =>
      locks.acquire('l'),
  'lease.release': releasing(({ locks }) => locks.acquire('l')),
  'locks.acquireAll, 8 locks':
    async ({ locks }) =>
    () =>
      locks.acquireAll(NAMES),
  'leases.release, 8 locks': async ({ locks }) => {
    const set = await locks.acquireAll(NAMES);
    return () => set.release();
  },
  'locks.acquire, to read':
    async ({ locks }) =>
    () =>
      locks.acquire('l', { mode: 'read' }),
  'lease.release, of a reader': releasing(({ locks }) => locks.acquire('l', { mode: 'read' })),
  'semaphores.acquire':
    async ({ semaphores }) =>
    () =>
      semaphores.acquire('s', { permits: 3 }),
  'lease.release, of permits': releasing(({ semaphores }) => semaphores.acquire('s', { permits: 3 })),
  'semaphores.resize':
    async ({ semaphores }) =>
    () =>
      semaphores.resize('s', 5),
  'semaphores.prove': async ({ semaphores }) => {
    const lease = await semaphores.acquire('s', { permits: 3 });
    return () => semaphores.prove('s', lease);
  },
  'semaphores.inspect':
    async ({ semaphores }) =>
    () =>
      semaphores.inspect('s'),
  'limiter.consume, 3 limits': async (holdfast) => () => limiterOf(holdfast).consume('a'),
  'limiter.check': async (holdfast) => () => limiterOf(holdfast).check('a'),
  'limiter.peek': async (holdfast) => () => limiterOf(holdfast).peek('a'),
  'limiter.reset': async (holdfast) => () => limiterOf(holdfast).reset('a'),
  'quota.change, 3 counters': async (holdfast) => () =>
    quotaOf(holdfast).change({ left: -1, sold: 1, seen: 1 }),
  'quota.reserve': async (holdfast) => () => reserved(holdfast),
  'reservation.extend': async (holdfast) => {
    const reservation = await reserved(holdfast);
    return () => reservation.extend('2h');
  },
  'reservation.confirm': async (holdfast) => {
    const reservation = await reserved(holdfast);
    return () => reservation.confirm();
  },
  'reservation.giveBack': async (holdfast) => {
    const reservation = await reserved(holdfast);
    return () => reservation.giveBack();
  },
  'quota.inspect': async (holdfast) => () => quotaOf(holdfast).inspect(),
  'quota.merge': async (holdfast) => () => quotaOf(holdfast).merge('a', 'b'),
  'once.run, done before': async ({ once: all }) => {
    await all.run('o', once, () => 7);
    return () => all.run('o', once, () => 7);
  },
  'once.run, until the body begins': async (holdfast) => {
    const { begun, finish } = oneAtIt(holdfast);
    onTestFinished(finish);
    return begun;
  },
  'once.run, when the body is done': async (holdfast) => {
    const { begun, finish } = oneAtIt(holdfast);
    await begun();
    return finish;
  },
  'once.forget':
    async ({ once: all }) =>
    () =>
      all.forget('o'),
  'latch.arrive': async (holdfast) => () => latchOf(holdfast).arrive(1),
  'latch.wait, when it is open': async (holdfast) => {
    await latchOf(holdfast).arrive(1);
    return () => latchOf(holdfast).wait();
  },
  'barrier.pass, the last one':
    async ({ latches }) =>
    () =>
      latches.barrier('b', { of: 1 }).pass(1),
  'scripts.run':
    async ({ scripts }) =>
    () =>
      scripts.run(script, {}),
};

describe('an operation sends as many commands as are listed', () => {
  it.each(Object.entries(OPERATIONS))('%s: %i', async (name, count) => {
    const operation = Object.entries(PLAYED).find(([played]) => played === name)?.[1];
    if (operation === undefined) throw new Error(`${name} is not played here`);
    const holdfast = await openHoldfast(server.url, { scripts: [script] });
    // It has announced itself then: calls of a connection are answered in their order.
    await holdfast.locks.inspect('first');
    const act = await operation(holdfast);
    const log = await CommandLog.start(server.url);
    try {
      await act();
      const commands = await log.wireCommands();
      expect(commands.map((command) => command.name)).toEqual(Array.from({ length: count }, () => 'EVALSHA'));
    } finally {
      await log.stop();
    }
  });

  it('all of them are listed', () => {
    expect(Object.keys(PLAYED)).toEqual(Object.keys(OPERATIONS));
  });
});
