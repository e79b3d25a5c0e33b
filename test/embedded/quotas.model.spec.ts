/** Whatever is changed, reserved, confirmed and given back in whatever order: a quota is what its model is, within bounds. */
import { createHoldfast, type Holdfast } from '@holdfast/core';
import { embedded, SettableClock } from '@holdfast/embedded';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rounds } from '../support/long.js';

const BOUNDS = { least: -3, most: 7, initial: 2 } as const;
const COUNTERS = ['a', 'b'] as const;
type Counter = (typeof COUNTERS)[number];

interface Reserved {
  readonly by: Readonly<Record<Counter, number>>;
  endsAt: number;
}

/** Counters and reservations, as simply as they can be written down. */
class QuotaModel {
  readonly values = { a: BOUNDS.initial as number, b: BOUNDS.initial as number };
  readonly #reserved = new Map<string, Reserved>();
  readonly #settled = new Set<string>();

  /** Gives back what is over. */
  passTo(now: number): void {
    for (const [id, { endsAt }] of this.#reserved) if (endsAt <= now) this.#end(id, false);
  }

  change(id: string, by: Reserved['by'], endsAt?: number): string {
    if (this.#settled.has(id)) return 'before';
    if (this.#reserved.has(id)) return 'reserved';
    if (!COUNTERS.every((counter) => this.#fits(counter, by[counter]))) return 'bounds';
    for (const counter of COUNTERS) this.values[counter] += by[counter];
    if (endsAt === undefined) this.#settled.add(id);
    else this.#reserved.set(id, { by, endsAt });
    return 'changed';
  }

  settle(id: string, stays: boolean): string {
    if (this.#settled.has(id)) return 'before';
    return this.#end(id, stays);
  }

  /** How much a counter could still move if all reservations that would move it that way were given back. */
  range(counter: Counter): readonly [lowest: number, highest: number] {
    const moves = [...this.#reserved.values()].map(({ by }) => by[counter]);
    const up = moves.filter((move) => move > 0).reduce((sum, move) => sum + move, 0);
    const down = moves.filter((move) => move < 0).reduce((sum, move) => sum - move, 0);
    return [this.values[counter] - up, this.values[counter] + down];
  }

  #fits(counter: Counter, by: number): boolean {
    const [lowest, highest] = this.range(counter);
    if (by > 0) return highest + by <= BOUNDS.most;
    return by === 0 || lowest + by >= BOUNDS.least;
  }

  #end(id: string, stays: boolean): string {
    const reserved = this.#reserved.get(id);
    if (reserved === undefined) return 'gone';
    this.#reserved.delete(id);
    if (stays) this.#settled.add(id);
    else for (const counter of COUNTERS) this.values[counter] -= reserved.by[counter];
    return 'done';
  }
}

const AMOUNT = fc.integer({ min: -4, max: 4 });
const STEP = fc.record({
  id: fc.constantFrom('1', '2', '3', '4', '5', '6'),
  does: fc.constantFrom('change', 'reserve', 'reserve', 'confirm', 'give back', 'wait'),
  a: AMOUNT,
  b: AMOUNT,
});
type Step = typeof STEP extends fc.Arbitrary<infer Value> ? Value : never;

const TTL_MS = 1_000;
/** More than a call of the embedded server takes on its clock. */
const WAIT_MS = 400;

async function play(steps: readonly Step[], holdfast: Holdfast, clock: SettableClock): Promise<void> {
  const quota = holdfast.quotas.define('model', { counters: { a: BOUNDS, b: BOUNDS } });
  const model = new QuotaModel();
  for (const { id, does, a, b } of steps) {
    const by = { ...(a === 0 ? {} : { a }), ...(b === 0 ? {} : { b }) };
    const changes = a !== 0 || b !== 0;
    model.passTo(clock.wallNow());
    if (does === 'wait') {
      await clock.advance(WAIT_MS);
    } else if (does === 'change' && changes) {
      const told = await quota.change(by, { id });
      expect(told.changed ? 'changed' : told.why).toBe(model.change(id, { a, b }));
    } else if (does === 'reserve' && changes) {
      const told = await quota.reserve(by, { id, ttl: TTL_MS });
      const expected = model.change(id, { a, b }, clock.wallNow() + TTL_MS);
      const outcome = told.reserved ? (told.before ? 'reserved' : 'changed') : told.why;
      expect(outcome).toBe(expected);
    } else if (does === 'confirm') {
      const told = await quota.reservation(id).confirm();
      expect(told === 'gone').toBe(model.settle(id, true) === 'gone');
    } else if (does === 'give back') {
      const told = await quota.reservation(id).giveBack();
      const expected = model.settle(id, false);
      expect(told).toBe({ done: 'given-back', gone: 'gone', before: 'confirmed' }[expected]);
    }
    model.passTo(clock.wallNow());
    const states = await quota.inspect();
    for (const counter of COUNTERS) {
      const { value, reservedUp, reservedDown } = states[counter];
      const [lowest, highest] = model.range(counter);
      expect([value, value - reservedUp, value + reservedDown]).toEqual([
        model.values[counter],
        lowest,
        highest,
      ]);
      expect(lowest).toBeGreaterThanOrEqual(BOUNDS.least);
      expect(highest).toBeLessThanOrEqual(BOUNDS.most);
    }
  }
}

it('each answer is that of the model, and no bound is ever passed, nor could be', async () => {
  const property = fc.asyncProperty(fc.array(STEP, { maxLength: 40 }), async (steps) => {
    const clock = new SettableClock();
    const holdfast = await createHoldfast({ connection: embedded({ clock }), namespace: 'model' });
    await play(steps, holdfast, clock);
    await holdfast.close();
  });
  await fc.assert(property, { numRuns: rounds(150, 3_000) });
});
