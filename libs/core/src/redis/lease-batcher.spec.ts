/** Calls of one tick: what travels together, in which order, and whose error is whose. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { acquireFrom, releaseFrom } from '../../../../test/integration/protocol/support/asking.js';
import { watch } from '../../../../test/integration/protocol/support/engine-bench.js';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { StoreError, type StoreCondition } from '../lease/store-error.js';
import { KeySpace } from './keys.js';
import { RedisLeaseStore } from './redis-lease-store.js';
import type { ScriptCall, ScriptHost, ScriptReceipt, ScriptReply } from './script-host.js';

interface Sent {
  readonly script: string;
  readonly tokens: readonly (string | number | undefined)[];
  readonly reply: (...entries: ScriptReply) => void;
  readonly fail: (condition: StoreCondition) => void;
}

const process = 'p'.padEnd(22, '-');

function setUp(traits: Pick<ScriptHost, 'oneNameACall'> = {}) {
  const clock = new WatchedClock();
  const calls: Sent[] = [];
  const contexts: unknown[] = [];
  /** How many calls each write had that was said to be one. */
  const written: number[] = [];
  const request = new AsyncLocalStorage<string>();
  const host: ScriptHost = {
    ...traits,
    clock,
    label: 'scripted',
    run: ({ script, args }: ScriptCall) => {
      contexts.push(request.getStore());
      return new Promise<ScriptReceipt>((resolve, reject) => {
        calls.push({
          script: script.name,
          tokens: args.filter((_, index) => index % 3 === 0),
          reply: (...reply) => resolve({ reply, sentAt: 5, epoch: 1 }),
          fail: (condition) => reject(new StoreError(condition, condition, { ambiguous: false })),
        });
      });
    },
    together: (send) => {
      const before = calls.length;
      send();
      written.push(calls.length - before);
    },
    subscribe: async () => undefined,
    close: async () => undefined,
  };
  const store = new RedisLeaseStore(host, new KeySpace('shop'));
  const acquire = (token: string, stillWanted = (): boolean => true, identity = 'a') =>
    watch(acquireFrom(store, { identity, token, ttlMs: 9, queueing: true, grantMs: 5, stillWanted }));
  const release = (token: string) => watch(releaseFrom(store, { identity: 'a', token, holdMs: 0 }));
  return { clock, calls, contexts, written, request, store, acquire, release };
}

describe('calls of one tick', () => {
  it('P1.1 travel together in the order in which they were made, those of one name included', async () => {
    const { clock, calls, acquire, release } = setUp();
    release('1');
    acquire('2');
    await Promise.resolve();
    release('2');
    acquire('3');
    await clock.settle();
    acquire('4');
    await clock.settle();
    expect(calls.map(({ tokens }) => tokens)).toEqual([['1', '2', '2', '3'], ['4']]);
  });

  it('P5.1 are not overtaken by a renewal', async () => {
    const { clock, calls, store, acquire, release } = setUp();
    release('1');
    void store.renew([{ identity: 'a', token: '2', ttlMs: 9 }]);
    acquire('3');
    await clock.settle();
    expect(calls.map(({ script }) => script)).toEqual(['lease/batch', 'lease/renew', 'lease/batch']);
  });

  it('are at most 128 a call, and leave without waiting for the end of the tick when they are enough', async () => {
    const { clock, calls, acquire } = setUp();
    const sizes: number[] = [];
    for (let token = 0; token < 400; token += 1) {
      acquire(`${token}`);
      sizes.push(calls.length);
    }
    expect(sizes[14]).toBe(0);
    expect(sizes[15]).toBe(1);
    await clock.settle();
    const members = calls.map(({ tokens }) => tokens.length);
    // Sixteen, and then a quarter of what is under way.
    expect(members.slice(0, 8)).toEqual([16, 16, 16, 16, 16, 20, 25, 32]);
    expect(Math.max(...members)).toBeLessThanOrEqual(128);
    expect(calls.flatMap(({ tokens }) => tokens)).toEqual(
      Array.from({ length: 400 }, (_, token) => `${token}`),
    );
  });

  it('P6.3 are a call for each name where names may be on different servers, written as one', async () => {
    const { clock, calls, written, store, acquire, release } = setUp({ oneNameACall: true });
    release('1');
    acquire('2', undefined, 'b');
    acquire('3');
    await clock.settle();
    expect(calls.map(({ tokens }) => tokens)).toEqual([['1', '3'], ['2']]);
    expect(written).toEqual([2]);
    expect(store.mostRenewals).toBe(1);
  });

  it('grow no larger than 128 however much is under way', async () => {
    const { clock, calls, acquire } = setUp();
    for (let token = 0; token < 2_000; token += 1) acquire(`${token}`);
    await clock.settle();
    expect(Math.max(...calls.map(({ tokens }) => tokens.length))).toBe(128);
  });

  it('name their process once where it is the same', async () => {
    const { clock, calls, acquire } = setUp();
    const other = 'q'.padEnd(22, '-');
    for (const token of [`${process}.1`, `${process}.2`, `${other}.3`, `${other}.4`, 'alien', `${other}.5`])
      acquire(token);
    await clock.settle();
    const told = [`${process}.1`, '.2', `${other}.3`, '.4', 'alien', `${other}.5`];
    expect(calls[0]?.tokens).toEqual(told);
  });

  it('are one write where they are several calls, on a host that can do that', async () => {
    const { clock, calls, written, store, acquire } = setUp();
    void store.renew([{ identity: 'a', token: '1', ttlMs: 9 }]);
    void store.renew([{ identity: 'b', token: '2', ttlMs: 9 }]);
    acquire('3');
    await clock.settle();
    expect(calls.map(({ script }) => script)).toEqual(['lease/renew', 'lease/renew', 'lease/batch']);
    acquire('4');
    await clock.settle();
    expect(written).toEqual([3]);
  });

  it('P6.1 have an answer each: the error of one is its own', async () => {
    const { clock, calls, acquire, release } = setUp();
    const [first, second, third, fourth] = [acquire('1'), acquire('2'), release('3'), acquire('4')];
    await clock.settle();
    calls[0]?.reply('WRONGTYPE Operation', 0, 700, 'x', 6, 2, 1, 1, 50);
    await clock.settle();
    expect(first.error).toMatchObject({ condition: 'wrong-type' });
    expect(second.value).toMatchObject({ outcome: 'taken', remainingMs: 700, holder: 'x', position: 2 });
    expect(third.value).toBe(true);
    expect(fourth.value).toMatchObject({ outcome: 'granted', fence: 50, sentAt: 5 });
  });

  it('P6.1 are all told when a reply breaks off: those it reaches their answer, the others an error', async () => {
    const { clock, calls, acquire } = setUp();
    const asked = [acquire('1'), acquire('2'), acquire('3')];
    await clock.settle();
    calls[0]?.reply(50, 0, 700);
    await clock.settle();
    expect(asked.map(({ state }) => state)).toEqual(['fulfilled', 'rejected', 'rejected']);
    for (const { error } of asked.slice(1)) expect(error).toMatchObject({ condition: 'unexpected' });
  });

  it('P6.2 are sent one by one with the same tokens when the whole call is refused', async () => {
    const { clock, calls, acquire, release } = setUp();
    const [first, second, third] = [acquire('1'), release('2'), acquire('3')];
    await clock.settle();
    calls[0]?.fail('no-permission');
    await clock.settle();
    expect(calls.slice(1).map(({ tokens }) => tokens)).toEqual([['1'], ['2'], ['3']]);
    calls[1]?.reply(50);
    calls[2]?.fail('no-permission');
    calls[3]?.reply(66);
    await clock.settle();
    expect([first.state, third.state, calls.length]).toEqual(['fulfilled', 'fulfilled', 4]);
    expect(second.error).toMatchObject({ condition: 'no-permission' });
  });

  it('fail each by itself when the whole call failed for a while', async () => {
    const { clock, calls, acquire, release } = setUp();
    const asked = [acquire('1'), release('2'), acquire('3')];
    await clock.settle();
    calls[0]?.fail('loading');
    await clock.settle();
    for (const { error } of asked) expect(error).toMatchObject({ condition: 'loading' });
    expect(calls).toHaveLength(1);
  });

  it('P1.2 are not disturbed by one that was given up: it goes as a release of nothing', async () => {
    const { clock, calls, acquire, release } = setUp();
    let wanted = true;
    const [before, given, behind] = [acquire('1'), acquire('2', () => wanted), acquire('3')];
    wanted = false;
    release('2');
    await clock.settle();
    expect(calls[0]?.tokens).toEqual(['1', '', '3', '2']);
    calls[0]?.reply(50, 0, 66, 0);
    await clock.settle();
    expect([before.value, behind.value]).toMatchObject([{ fence: 50 }, { fence: 66 }]);
    expect(given.state).toBe('open');
  });

  it("P6.3 are sent in nobody's async context, also when somebody's other call sends them before the tick is over", async () => {
    const { clock, contexts, request, store, acquire } = setUp();
    request.run('a request', () => {
      acquire('1');
      void store.renew([{ identity: 'a', token: '2', ttlMs: 9 }]);
      for (let token = 3; token < 30; token += 1) acquire(`${token}`);
    });
    await clock.settle();
    expect(new Set(contexts)).toEqual(new Set([undefined]));
    expect(contexts.length).toBeGreaterThan(2);
  });

  it("P6.3 are sent and answered in nobody's async context", async () => {
    const { clock, calls, contexts, request, acquire } = setUp();
    const asked = request.run('a request', () => acquire('1'));
    await clock.settle();
    calls[0]?.reply(50);
    await clock.settle();
    expect([asked.state, contexts]).toEqual(['fulfilled', [undefined]]);
  });
});
