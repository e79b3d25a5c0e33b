/** P3: when a pushed grant may be used before it is confirmed, and until when. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineBench, leaseOf } from '../../../../test/integration/protocol/support/engine-bench.js';
import { RENEWED } from '../../../../test/integration/protocol/support/scripted-store.js';
import { validityMs } from './deadline.js';
import type { LeasePush } from './lease-store.js';
import { deadlineOfPush, type PolledInLine } from './pushed-grant.js';

const token = 'w'.padEnd(22, '-') + '.1';
const poll: PolledInLine = {
  grantMs: 2_000,
  terms: {},
  reply: {
    outcome: 'taken',
    holder: 'x',
    remainingMs: 9_000,
    lastFence: 50,
    position: 1,
    joined: true,
    sentAt: 1_000,
    epoch: 3,
  },
};
const push: LeasePush = { kind: 'granted', token, identity: 'order', fence: 51, lastsMs: 2_000, epoch: 3 };

describe('the provisional deadline', () => {
  it('P3 counts from when the poll was sent, for the time of the grant less the drift', () => {
    expect(deadlineOfPush(push, poll, 1_500)).toBe(1_000 + 2_000 - 20 - 2);
  });

  it('P3 counts the shorter of what the poll asked for and what the push says', () => {
    expect(deadlineOfPush({ ...push, lastsMs: 900 }, poll, 1_500)).toBe(1_000 + validityMs(900));
    expect(deadlineOfPush(push, { ...poll, grantMs: 800 }, 1_500)).toBe(1_000 + validityMs(800));
  });

  it.each([
    ['P3 (a) is none for a push on another connection than the poll', { epoch: 4 }],
    ['P3 (a) is none for a push on a connection that carries no calls', { epoch: undefined }],
    ['P3 (b) is none when the fence is not above the counter that the poll saw', { fence: 50 }],
    ['P3 is none for a mere wake-up', { kind: 'wake' }],
  ] as const)('%s', (_title, difference) => {
    expect(deadlineOfPush({ ...push, ...difference }, poll, 1_500)).toBeUndefined();
  });

  it('is none where the next holder may count on a delay, which the key of an unconfirmed grant does not have', () => {
    expect(deadlineOfPush(push, { ...poll, terms: { lockDelayMs: 1 } }, 1_500)).toBeUndefined();
  });

  it('P3 (d) is none when less than 200 ms are left', () => {
    const deadline = 1_000 + validityMs(2_000);
    expect(deadlineOfPush(push, poll, deadline - 200)).toBe(deadline);
    expect(deadlineOfPush(push, poll, deadline - 199)).toBeUndefined();
  });

  it('P3 never outlives the key, however late the poll was executed and the push arrived', () => {
    const delay = fc.double({ min: 0, max: 3_000, noNaN: true });
    fc.assert(
      fc.property(delay, delay, delay, fc.integer({ min: 100, max: 10_000 }), (out, grant, back, grantMs) => {
        const executedAt = 1_000 + out;
        const grantedAt = executedAt + grant;
        const keyEndsAt = grantedAt + grantMs;
        const deadline = deadlineOfPush(
          { ...push, lastsMs: grantMs },
          { ...poll, grantMs },
          grantedAt + back,
        );
        return deadline === undefined || deadline < keyEndsAt;
      }),
    );
  });
});

describe('a waiter that is pushed a grant', () => {
  async function pushed(push: Partial<LeasePush> = {}, afterMs = 300) {
    const bench = new EngineBench();
    const asked = await bench.wait({ ttlMs: 10_000 });
    await bench.clock.advance(afterMs);
    bench.store.push({ token: bench.store.last.request.token, ...push });
    await bench.clock.settle();
    return { bench, asked };
  }

  it('P3 uses it at once and confirms it at once with a renewal', async () => {
    const { bench, asked } = await pushed();
    expect(bench.store.wire).toEqual(['acquire .1', 'renew .1']);
    expect(leaseOf(asked)).toMatchObject({ fence: 66, held: true, remainingMs: validityMs(2_000) - 300 });
  });

  it('P3 counts the full time from when the confirmation was sent', async () => {
    const { bench, asked } = await pushed();
    await bench.clock.advance(100);
    bench.store.renewals[0]?.say(RENEWED);
    await bench.clock.settle();
    expect(leaseOf(asked).remainingMs).toBe(validityMs(10_000) - 100);
  });

  it('P3 is told to stop before the provisional deadline when no confirmation comes', async () => {
    const { bench, asked } = await pushed();
    const lease = leaseOf(asked);
    const deadline = bench.clock.now() - 300 + validityMs(2_000);
    let toldAt = 0;
    lease.signal.addEventListener('abort', () => (toldAt = bench.clock.now()));
    await bench.clock.advance(2_500);
    // 3 % of what may be believed in of 2 s.
    expect(deadline - toldAt).toBeGreaterThanOrEqual(59);
    expect(deadline - toldAt).toBeLessThan(71);
  });

  it('P3 repeats a confirmation without an answer while the grant lasts, not only after a sixth of the ttl', async () => {
    const { bench, asked } = await pushed();
    await bench.clock.advance(1_000);
    expect(bench.store.renewals.length).toBeGreaterThan(2);
    bench.store.renewals.at(-1)?.say(RENEWED);
    await bench.clock.advance(2_000);
    expect(leaseOf(asked).held).toBe(true);
  });

  it('P3 (a) asks first when it came on another connection', async () => {
    const { bench, asked } = await pushed({ epoch: undefined });
    expect(asked.state).toBe('open');
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .1']);
  });

  it('P3 (b) asks first when the push is older than its poll', async () => {
    const { bench, asked } = await pushed({ fence: 50 });
    expect([asked.state, bench.store.acquires.length]).toEqual(['open', 2]);
  });

  it('P3 (c) asks first when grants of the store have to be confirmed by others', async () => {
    const bench = new EngineBench();
    bench.store.grantsArePrompt = false;
    const asked = await bench.wait();
    bench.store.push({ token: bench.store.last.request.token });
    await bench.clock.settle();
    expect([asked.state, bench.store.acquires.length]).toEqual(['open', 2]);
  });

  it('P3 (d) asks first when there is hardly any time left', async () => {
    const { bench, asked } = await pushed({ lastsMs: 400 }, 250);
    expect([asked.state, bench.store.acquires.length]).toEqual(['open', 2]);
  });

  it('P3 uses it while a poll is under way, and that poll changes nothing any more', async () => {
    const bench = new EngineBench();
    const asked = await bench.wait({ ttlMs: 10_000 });
    await bench.clock.advance(1_000);
    bench.store.push({ token: bench.store.last.request.token });
    await bench.clock.settle();
    expect(leaseOf(asked).remainingMs).toBe(validityMs(2_000) - 1_000);
    bench.store.acquires[1]?.taken({ joined: true });
    bench.store.acquires[0]?.grant(900);
    await bench.clock.settle();
    expect(bench.store.wire).toEqual(['acquire .1', 'acquire .1', 'renew .1']);
  });

  it('P3 that outran the reply to its first poll is used when that reply is in', async () => {
    const bench = new EngineBench();
    const asked = bench.ask();
    bench.store.push({ token: bench.store.last.request.token, fence: 66 });
    expect(bench.store.acquires).toHaveLength(1);
    bench.store.last.taken({ joined: true, lastFence: 50 });
    await bench.clock.settle();
    expect(leaseOf(asked).fence).toBe(66);
  });

  it('P3 is told at once when the confirmation finds the lock gone', async () => {
    const { bench, asked } = await pushed();
    bench.store.renewals[0]?.say({ outcome: 'lost' });
    await bench.clock.settle();
    expect(leaseOf(asked).endError).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'taken' });
  });
});
