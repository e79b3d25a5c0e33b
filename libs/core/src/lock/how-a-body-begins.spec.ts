/** A body may throw, return a value, a promise or something that is only like one: it is under its lease all the same. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { EngineBench, watch } from '../../../../test/integration/protocol/support/engine-bench.js';
import { locksOn } from '../../../../test/integration/protocol/support/locks-on.js';
import type { Lease } from '../lease/lease.js';
import { currentLease } from '../guarded/current-lease.js';
import type { PreparedOptions } from './lock-service.js';

function setUp() {
  const bench = new EngineBench();
  onTestFinished(() => expect(bench.clock.pendingTimers).toBe(0));
  const locks = locksOn(bench);
  return { bench, locks };
}

async function ran<T>(options: PreparedOptions, body: (lease: Lease) => T | PromiseLike<T>) {
  const { bench, locks } = setUp();
  const run = watch(locks.prepare('order', options).run(7, undefined, body));
  bench.store.last.grant();
  await bench.clock.settle();
  return { bench, run };
}

type Done<T, R> = ((value: T) => R | PromiseLike<R>) | null | undefined;

/** Begins its work when somebody waits for it, as queries of some databases do. */
class LazyPromise extends Promise<unknown> {
  // oxlint-disable-next-line unicorn/no-thenable -- that is what it is
  override then<A = unknown, B = never>(done?: Done<unknown, A>, failed?: Done<unknown, B>): Promise<A | B> {
    const begun = currentLease();
    // oxlint-disable-next-line promise/no-callback-in-promise -- it is handed on
    return Promise.resolve(begun).then(done, failed);
  }
}

const LATE: Record<string, () => PromiseLike<unknown>> = {
  'an async function': async () => currentLease(),
  // oxlint-disable-next-line unicorn/no-thenable, promise/no-callback-in-promise -- that is what it is
  'a query': () => ({ then: (done, failed) => new LazyPromise(() => undefined).then(done, failed) }),
  'a lazy promise': () => new LazyPromise(() => undefined),
};

describe.each([{}, { holdAtMost: 2_000 }, { whenLost: 'report' }] as const)(
  'a body run with %j',
  (options) => {
    it('that throws before it returns anything rejects with its own error, and the lock is given back', async () => {
      const own = new RangeError('no such order');
      const { bench, run } = await ran(options, () => {
        throw own;
      });
      expect(run).toMatchObject({ state: 'rejected', error: own, times: 1 });
      expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
    });

    it.each([[undefined], [null], [7], ['text'], [{ id: 7 }], [[7]], [() => 7]])(
      'may give back what is no promise: %j',
      async (value) => {
        const { bench, run } = await ran<unknown>(options, () => value);
        expect(run).toMatchObject({ state: 'fulfilled', times: 1 });
        expect(run.value).toBe(value);
        expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
      },
    );

    it('finds its lease before and after it waits', async () => {
      const found: unknown[] = [];
      const { run } = await ran(options, async (lease) => {
        found.push(currentLease() === lease);
        await Promise.resolve();
        found.push(currentLease() === lease);
      });
      expect([run.state, found, currentLease()]).toEqual(['fulfilled', [true, true], undefined]);
    });

    it.each(Object.keys(LATE))('finds its lease also when it begins late, as %s', async (kind) => {
      let given: Lease | undefined;
      const { run } = await ran<unknown>(options, (lease) => {
        given = lease;
        return LATE[kind]?.();
      });
      expect(given).toBeDefined();
      expect(run.value).toBe(given);
    });

    it('whose promise is only like one and throws when it is waited for rejects with that', async () => {
      const own = new RangeError('no such table');
      const { bench, run } = await ran<unknown>(options, () => ({
        // oxlint-disable-next-line unicorn/no-thenable -- that is what it is
        then: () => {
          throw own;
        },
      }));
      expect(run.error).toBe(own);
      expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
    });
  },
);

describe('a call that is not granted', () => {
  it.each(['run', 'tryRun', 'acquire', 'tryAcquire'] as const)(
    '%s tells once why, and its body never begins',
    async (method) => {
      const { bench, locks } = setUp();
      const leaving = new AbortController();
      const call = watch<unknown>(
        locks.prepare('order', {})[method](7, leaving.signal, () => expect.unreachable()),
      );
      leaving.abort('gone');
      await bench.clock.settle();
      bench.store.last.taken();
      await bench.clock.advance(10_000);
      expect(call.error).toMatchObject({ code: 'ERR_LOCK_ABORTED', cause: 'gone' });
      expect(bench.events).toEqual([expect.objectContaining({ type: 'aborted', lockName: 'order' })]);
    },
  );

  it.each(['run', 'tryRun', 'acquire', 'tryAcquire'] as const)(
    '%s inside a call that holds the lock is told so, and no event tells of trouble',
    async (method) => {
      const { bench, locks } = setUp();
      const prepared = locks.prepare('order', {});
      const call = watch<unknown>(
        prepared.run<unknown>(7, undefined, () => prepared[method](7, undefined, () => expect.unreachable())),
      );
      bench.store.last.grant();
      await bench.clock.settle();
      expect(call.error).toMatchObject({ code: 'ERR_LOCK_REENTRY' });
      expect(bench.events.map(({ type }) => type)).toEqual(['granted', 'released']);
      expect(bench.store.wire).toEqual(['acquire .1', 'release .1']);
    },
  );
});

it('P1.4 an abort around the grant either keeps the body from beginning, or lets it run', async () => {
  const ends = new Set<string>();
  for (let ticks = 0; ticks < 12; ticks++) {
    const { bench, locks } = setUp();
    const leaving = new AbortController();
    const bodies: string[] = [];
    const call = watch(locks.prepare('order', {}).run(7, leaving.signal, () => bodies.push('begun')));
    bench.store.last.grant();
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    leaving.abort('gone');
    await bench.clock.settle();
    ends.add(`${call.state} ${bodies.join()}`);
    expect(bench.store.wire.slice(0, 2)).toEqual(['acquire .1', 'release .1']);
    expect(bench.engine.load).toEqual({ held: 0, waiting: 0 });
  }
  expect([...ends]).toEqual(['rejected ', 'fulfilled begun']);
});
