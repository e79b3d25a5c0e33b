/** The store between engine and host: what is sent, and what is made of any reply and any message. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acquireFrom, releaseFrom } from '../../../../test/integration/protocol/support/asking.js';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import type { LeasePush } from '../lease/lease-store.js';
import { KeySpace } from './keys.js';
import { findUnsafe } from './preflight.js';
import { WantedReplicas } from './wanted-replicas.js';
import { RedisLeaseStore } from './redis-lease-store.js';
import type { PushedMessage, ScriptCall, ScriptHost, ScriptReply } from './script-host.js';

const keys = new KeySpace('shop');
const request = { identity: 'a', token: 't', ttlMs: 9, queueing: true, grantMs: 5 };

function setUp(handOff?: 'grant' | 'hint') {
  const clock = new WatchedClock();
  const calls: ScriptCall[] = [];
  const pushes: LeasePush[] = [];
  const next: { reply: ScriptReply; publish: (message: PushedMessage) => void } = {
    reply: [7],
    publish: () => undefined,
  };
  const host: ScriptHost = {
    clock,
    label: 'scripted',
    run: async (call) => {
      calls.push(call);
      return { reply: next.reply, sentAt: clock.now(), epoch: 3 };
    },
    subscribe: async (_channel, listener) => {
      next.publish = listener;
    },
    close: async () => undefined,
  };
  const store = new RedisLeaseStore(host, keys, handOff);
  store.onPush((push) => pushes.push(push));
  return { store, calls, pushes, next };
}

describe('an acquire', () => {
  it('is granted by any number above zero, which is the fence', async () => {
    const { store, next } = setUp();
    next.reply = [7];
    expect(await acquireFrom(store, request)).toMatchObject({ outcome: 'granted', fence: 7, epoch: 3 });
  });

  it('P6.1 is refused by a text, which is the error of this member', async () => {
    const { store, next } = setUp();
    next.reply = ['WRONGTYPE Operation against a key'];
    const refusal = { condition: 'wrong-type', ambiguous: false };
    await expect(acquireFrom(store, request)).rejects.toMatchObject(refusal);
    await expect(releaseFrom(store, { identity: 'a', token: 't', holdMs: 0 })).rejects.toMatchObject(refusal);
  });

  it('P2.7 asks for hints where grants are not wanted, and then no push may be used at once', async () => {
    const [grants, hints] = [setUp(), setUp('hint')];
    await acquireFrom(grants.store, request);
    await acquireFrom(hints.store, request);
    expect([grants.calls[0]?.args, hints.calls[0]?.args]).toEqual([
      ['t', 9, 5],
      ['t', 9, 0],
    ]);
    expect([grants.store.grantsArePrompt, hints.store.grantsArePrompt]).toEqual([true, false]);
  });

  it.each([[[]], [[2 ** 53]], [[0, 5]], [[0, 5, 7, 7, 7, 7]]])(
    'that is answered with nonsense is an error, never a grant: %j',
    async (reply) => {
      const { store, next } = setUp();
      next.reply = reply;
      await expect(acquireFrom(store, request)).rejects.toMatchObject({
        condition: 'unexpected',
        ambiguous: true,
      });
    },
  );
});

describe('a renewal', () => {
  it('P6.1 has one answer for each member, whose errors are data', async () => {
    const { store, next } = setUp();
    next.reply = [1, 0, 'WRONGTYPE Operation against a key'];
    const members = ['a', 'b', 'c'].map((identity) => ({ identity, token: 't', ttlMs: 9 }));
    const { replies, epoch } = await store.renew(members);
    expect(epoch).toBe(3);
    expect(replies).toMatchObject([
      { outcome: 'renewed' },
      { outcome: 'lost' },
      { outcome: 'failed', error: { condition: 'wrong-type' } },
    ]);
  });

  it('that is answered too short is an error of the whole call', async () => {
    const { store, next } = setUp();
    next.reply = [];
    await expect(store.renew([{ identity: 'a', token: 't', ttlMs: 9 }])).rejects.toMatchObject({
      condition: 'unexpected',
    });
  });
});

describe('an inspection', () => {
  it('knows no holder of a free lock and no negative rest', async () => {
    const { store, next } = setUp();
    next.reply = [-2, '', 0, 0];
    expect(await store.inspect('a')).toEqual({ holder: undefined, remainingMs: 0, lastFence: 0, waiting: 0 });
  });
});

describe('a message', () => {
  it('is read with the whole key, spaces and all, and with the connection it came on', async () => {
    const { store, next, pushes } = setUp();
    await store.listen('p');
    next.publish({ payload: `granted t 70 2000 ${keys.lock('a b#c  d')}`, epoch: 3 });
    next.publish({ payload: `held t 0 90 ${keys.lock('a')}`, epoch: undefined });
    expect(pushes).toEqual([
      { kind: 'granted', token: 't', identity: 'a b#c  d', fence: 70, lastsMs: 2_000, epoch: 3 },
      { kind: 'held', token: 't', identity: 'a', fence: 0, lastsMs: 90, epoch: undefined },
    ]);
  });

  it('that is not ours is left out, whatever it is', async () => {
    const { store, next, pushes } = setUp();
    await store.listen('p');
    const nonsense = fc.oneof(
      fc.string(),
      fc.array(fc.string()).map((words) => words.join(' ')),
    );
    fc.assert(fc.property(nonsense, (payload) => next.publish({ payload, epoch: 1 })));
    next.publish({ payload: `granted t 1 1 ${new KeySpace('other').lock('a')}`, epoch: 1 });
    expect(pushes).toEqual([]);
  });
});

describe('the preflight', () => {
  const info = (fields: Record<string, string>): string =>
    Object.entries(fields)
      .map(([field, value]) => `${field}:${value}\r\n`)
      .join('');

  it.each([
    [{ maxmemory_policy: 'allkeys-lru' }, ['unsafe']],
    [{ role: 'slave' }, ['unsafe']],
    [{ redis_version: '6.0.16' }, ['unsafe']],
    [{ redis_version: '5.9.9' }, ['unsafe']],
    [{ aof_enabled: '0' }, ['note']],
    [{ maxmemory_policy: 'noeviction', role: 'master', redis_version: '6.2.0', aof_enabled: '1' }, []],
    [{ redis_version: '10.0.1' }, []],
    [{}, []],
  ])('reads %j', (fields, severities) => {
    expect(findUnsafe(info(fields)).map(({ severity }) => severity)).toEqual(severities);
  });

  it.each([
    [{ connected_slaves: '2', min_slaves_good_slaves: '2' }, []],
    [{ connected_slaves: '1', min_slaves_good_slaves: '1' }, ['1 of 2 replicas are connected']],
    [{ connected_slaves: '2' }, ['min-replicas-to-write is 0']],
  ])('reads %j where two replicas are asked', (fields, told) => {
    const replicas = new WantedReplicas({ atLeast: 2, withinMs: 100, fsynced: false }, new WatchedClock());
    const found = findUnsafe(info(fields), { replicas });
    expect(found).toEqual(told.map((text) => ({ severity: 'note', text: expect.stringContaining(text) })));
  });
});
