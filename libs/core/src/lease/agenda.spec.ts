import { AsyncLocalStorage } from 'node:async_hooks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { Agenda, type AgendaItem } from './agenda.js';

interface Item extends AgendaItem<Item> {
  readonly name: number;
}

const STEP_MS = 5;
const OPTIONS = { stepMs: STEP_MS, hold: 'unref' } as const;

const item = (name: number): Item => ({ name, bucket: undefined, before: undefined, behind: undefined });

function all(take: () => Item | undefined): Item[] {
  const items: Item[] = [];
  for (let one = take(); one !== undefined; one = take()) items.push(one);
  return items;
}

function setUp() {
  const clock = new WatchedClock();
  const called: { name: number; at: number }[] = [];
  const batches: number[] = [];
  const agenda = new Agenda<Item>(clock, OPTIONS, (take) => {
    const due = all(take);
    batches.push(due.length);
    for (const { name } of due) called.push({ name, at: clock.now() });
  });
  return { clock, called, batches, agenda, start: clock.now() };
}

describe('an agenda', () => {
  it("has one unref'd timer for 10,000 items, and calls each at its time or a bucket late", async () => {
    const { clock, called, batches, agenda, start } = setUp();
    for (let name = 0; name < 10_000; name += 1) agenda.set(item(name), start + 1_000 + (name % 1_000));
    expect(clock.armed).toEqual({ ref: 0, unref: 1 });
    expect(agenda.size).toBe(10_000);
    await clock.advance(2_000);
    expect(called).toHaveLength(10_000);
    for (const { name, at } of called) {
      expect(at).toBeGreaterThanOrEqual(start + 1_000 + (name % 1_000));
      expect(at).toBeLessThan(start + 1_000 + (name % 1_000) + STEP_MS);
    }
    expect(batches.length).toBeLessThanOrEqual(1_000 / STEP_MS + 1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('calls whatever order of setting, moving and deleting it sees exactly as the last word says', async () => {
    const change = fc.record({ name: fc.nat(9), at: fc.option(fc.integer({ min: 0, max: 300 })) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 60 }), async (changes) => {
        const { clock, called, agenda, start } = setUp();
        const items = Array.from({ length: 10 }, (_, name) => item(name));
        const expected = new Map<number, number>();
        for (const { name, at } of changes) {
          const one = items[name] ?? item(name);
          if (at === null) agenda.delete(one);
          else agenda.set(one, start + at);
          if (at === null) expected.delete(name);
          else expected.set(name, at);
        }
        expect(agenda.size).toBe(expected.size);
        await clock.advance(400);
        expect(called).toHaveLength(expected.size);
        expect(new Set(called.map(({ name }) => name))).toEqual(new Set(expected.keys()));
        expect(clock.pendingTimers).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('calls an item that is put back while it is being called', async () => {
    const clock = new WatchedClock();
    const one: Item = item(1);
    let calls = 0;
    const agenda = new Agenda<Item>(clock, OPTIONS, (take) => {
      const taken = take();
      if (taken === undefined) return;
      calls += 1;
      if (calls < 3) agenda.set(taken, clock.now() + 100);
    });
    agenda.set(one, clock.now() + 100);
    await clock.advance(1_000);
    expect(calls).toBe(3);
  });

  it('does not call what another item deleted or moved in the same wake-up', async () => {
    const clock = new WatchedClock();
    const [first, second, third] = [1, 2, 3].map(item);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three');
    const called: number[] = [];
    const agenda = new Agenda<Item>(clock, OPTIONS, (take) => {
      for (let one = take(); one !== undefined; one = take()) {
        called.push(one.name);
        agenda.delete(second);
        if (one.name === 1) agenda.set(third, clock.now() + 50);
      }
    });
    for (const one of [first, second, third]) agenda.set(one, clock.now() + 10);
    await clock.advance(20);
    expect([called, agenda.size]).toEqual([[1], 1]);
    await clock.advance(100);
    expect([called, agenda.size, clock.pendingTimers]).toEqual([[1, 3], 0, 0]);
  });

  it('calls those of one bucket in the order in which they came, and sweeps empty ones', async () => {
    const { clock, called, agenda, start } = setUp();
    for (let name = 0; name < 1_000; name += 1) {
      const passing = item(name);
      agenda.set(passing, start + 10 * name);
      agenda.delete(passing);
    }
    for (let name = 0; name < 5; name += 1) agenda.set(item(name), start + 7_000);
    expect(agenda.items().map(({ name }) => name)).toEqual([0, 1, 2, 3, 4]);
    await clock.advance(8_000);
    expect(called.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4]);
    expect([agenda.size, clock.pendingTimers]).toEqual([0, 0]);
  });

  it('calls what is long overdue at once', async () => {
    const { clock, called, agenda, start } = setUp();
    agenda.set(item(1), start - 50_000);
    await clock.advance(1);
    expect(called).toEqual([{ name: 1, at: start }]);
  });

  it('leaves its timer to itself when the last item is deleted, and uses it for the next', async () => {
    const { clock, called, agenda, start } = setUp();
    const [one, other] = [item(1), item(2)];
    agenda.set(one, start + 100);
    agenda.delete(one);
    agenda.delete(one);
    agenda.set(other, start + 200);
    expect(clock.armed).toEqual({ ref: 0, unref: 1 });
    await clock.advance(300);
    expect([called.map(({ name }) => name), clock.armed]).toEqual([[2], { ref: 0, unref: 0 }]);
  });

  it('P9 keeps the process alive while somebody waits for one of its items, and no longer', async () => {
    const clock = new WatchedClock();
    const agenda = new Agenda<Item>(clock, { stepMs: 1, hold: 'ref' }, all);
    const items = [1, 2, 3].map((name) => item(name));
    const alive: number[] = [];
    for (const one of items) agenda.set(one, clock.now() + one.name);
    alive.push(clock.pendingTimers);
    for (const one of items.slice(1)) agenda.delete(one);
    alive.push(clock.pendingTimers);
    await clock.advance(5);
    alive.push(clock.pendingTimers);
    expect(alive).toEqual([1, 1, 0]);
  });

  it("P6.3 runs in nobody's async context", async () => {
    const { clock } = setUp();
    const request = new AsyncLocalStorage<string>();
    let seen: string | undefined = 'not called';
    const agenda = new Agenda<Item>(clock, OPTIONS, (take) => {
      all(take);
      seen = request.getStore();
    });
    request.run('a request', () => agenda.set(item(1), clock.now() + 10));
    await clock.advance(20);
    expect(seen).toBeUndefined();
  });
});
