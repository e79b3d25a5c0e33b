/** A request that is given up at any step of any order of replies: one end, nothing armed, nothing left behind. */
import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ATTEMPT_MS,
  EngineBench,
  type Ended,
} from '../../../../test/integration/protocol/support/engine-bench.js';
import type { AcquireOutcome } from './lease-engine.js';

/** What may happen next; numbers pick one of the attempts that are still open. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('pass'), ms: fc.constantFrom(1, 40, 300, 1_001, 2_500) }),
  fc.record({ kind: fc.constantFrom('grant', 'taken', 'joined', 'loading', 'timeout'), pick: fc.nat(5) }),
  fc.record({ kind: fc.constantFrom('push', 'late push', 'wake', 'held', 'microtask') }),
  fc.record({ kind: fc.constant('duplicate push'), fence: fc.constantFrom(40, 66, 90) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface Play {
  readonly steps: readonly Step[];
  readonly abortAt: number;
  readonly waitMs: number;
  readonly ttlMs: number;
}

async function take(bench: EngineBench, step: Step): Promise<void> {
  const { token } = bench.store.last.request;
  if ('ms' in step) return bench.clock.advance(step.ms);
  if ('pick' in step) {
    const call = bench.store.acquires[step.pick % bench.store.acquires.length];
    if (step.kind === 'grant') call?.grant(70);
    else if (step.kind === 'taken' || step.kind === 'joined') call?.taken({ joined: step.kind === 'joined' });
    else call?.fail(step.kind === 'loading' ? 'loading' : 'timeout');
  } else if ('fence' in step) bench.store.push({ token, fence: step.fence });
  else if (step.kind === 'push') bench.store.push({ token });
  else if (step.kind === 'late push') bench.store.push({ token, epoch: undefined });
  else if (step.kind !== 'microtask')
    bench.store.push({ kind: step.kind === 'wake' ? 'wake' : 'held', token, lastsMs: 90 });
  if (step.kind === 'microtask') await Promise.resolve();
  else await bench.clock.settle();
}

async function play({ steps, abortAt, waitMs, ttlMs }: Play) {
  const bench = new EngineBench();
  bench.store.renewsAtOnce = { outcome: 'renewed' };
  const caller = new AbortController();
  const asked = bench.ask({ signal: caller.signal, waitMs, ttlMs });
  // Who stands in no line is pushed nothing.
  const played = waitMs > 0 ? steps : steps.filter(({ kind }) => !kind.includes('push'));
  for (const [index, step] of played.entries()) {
    if (index === abortAt) caller.abort();
    await take(bench, step);
  }
  caller.abort();
  await bench.clock.settle();
  const listeners = getEventListeners(caller.signal, 'abort').length;
  return { bench, asked, listeners };
}

/** Whether the server may know the last token although nobody here uses it. */
function mayBeLeft(bench: EngineBench, asked: Ended<AcquireOutcome>): boolean {
  if (asked.state === 'fulfilled' && asked.value?.outcome === 'granted') return false;
  const { acquires, last } = bench.store;
  if (asked.state === 'fulfilled' && acquires.length === 1) return false;
  return acquires.some(
    ({ request, outcome }) => request.token === last.request.token && outcome !== 'refused',
  );
}

const plays = fc.record({
  steps: fc.array(step, { maxLength: 12 }),
  abortAt: fc.nat(12),
  waitMs: fc.constantFrom(0, 3_000, 60_000),
  ttlMs: fc.constantFrom(400, 10_000),
});

describe('an abort at any moment', () => {
  it('P1.2 P1.4 ends the request once, with no timer and no listener left', async () => {
    await fc.assert(
      fc.asyncProperty(plays, async (one) => {
        const { bench, asked, listeners } = await play(one);
        expect(asked.times).toBe(1);
        expect(listeners).toBe(0);
        expect(bench.engine.load.waiting).toBe(0);
        expect(bench.clock.armed.ref).toBe(0);
        if (asked.value?.outcome === 'granted') await asked.value.lease.release();
        await bench.clock.advance(20 * ATTEMPT_MS);
        expect(bench.clock.pendingTimers).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('P1.2 gives back whatever may be left, and a lease that is used only by its holder', async () => {
    await fc.assert(
      fc.asyncProperty(plays, async (one) => {
        const { bench, asked } = await play(one);
        const { store } = bench;
        const granted = asked.value?.outcome === 'granted' ? asked.value.lease : undefined;
        const given = store.releases.map(({ request }) => request.token);
        for (const token of new Set(store.acquires.map(({ request }) => request.token))) {
          if (token === granted?.tenure.token) expect(given).not.toContain(token);
          else if (token !== store.last.request.token || mayBeLeft(bench, asked))
            expect(given).toContain(token);
        }
        const held = granted?.held === true ? granted.tenure.token : undefined;
        for (const { request } of store.acquires) expect(request.stillWanted()).toBe(request.token === held);
      }),
      { numRuns: 300 },
    );
  });

  it('P1.2 gives back again what is granted after the end', async () => {
    await fc.assert(
      fc.asyncProperty(plays, async (one) => {
        const { bench, asked } = await play(one);
        fc.pre(asked.state === 'rejected');
        const open = bench.ask({ waitMs: 0 });
        const before = bench.store.releases.length;
        bench.store.acquires[0]?.grant(90);
        bench.store.last.taken();
        await bench.clock.settle();
        expect(open.value).toMatchObject({ outcome: 'busy' });
        const again = bench.store.releases.slice(before).map(({ request }) => request.token);
        const [first] = bench.store.acquires;
        const answered = one.steps.some((step) => 'pick' in step);
        if (!answered) expect(again).toEqual([first?.request.token]);
      }),
      { numRuns: 150 },
    );
  });
});
