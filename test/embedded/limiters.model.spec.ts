/** Each decision of each kind of limit is that of its model, whatever comes when; and the promise in any time holds. */
import { createHoldfast, type RateLimitRule } from '@holdfast/core';
import { embedded, SettableClock } from '@holdfast/embedded';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rounds } from '../support/long.js';
import {
  BucketModel,
  CounterModel,
  EvenModel,
  FixedModel,
  LogModel,
  type LimiterModel,
} from './limiter-models.js';

interface Case {
  readonly limit: RateLimitRule;
  readonly model: () => LimiterModel;
  /** How many may pass in so many milliseconds, wherever they begin. */
  readonly mostWithin: (ms: number) => number;
}

const LIMIT = fc.integer({ min: 1, max: 9 });
const PER = fc.integer({ min: 1, max: 400 });

/** The time between two, as it is documented: rounded up to a microsecond. */
const intervalOf = (limit: number, per: number): number => Math.ceil((per * 1_000) / limit);

const KINDS: Readonly<Record<string, fc.Arbitrary<Case>>> = {
  gcra: fc.record({ limit: LIMIT, per: PER, burst: LIMIT }).map(({ limit, per, burst }) => ({
    limit: { limit, per, burst },
    model: () => new EvenModel(burst, intervalOf(limit, per)),
    mostWithin: (ms) => burst + (limit / per) * ms,
  })),
  'token-bucket': fc
    .record({ capacity: LIMIT, refill: LIMIT, per: PER })
    .map(({ capacity, refill, per }) => ({
      limit: { algorithm: 'token-bucket', capacity, refill, per },
      model: () => new BucketModel(capacity, refill, per * 1_000),
      mostWithin: (ms) => capacity + (refill / per) * ms,
    })),
  'fixed-window': fc.record({ limit: LIMIT, per: PER }).map(({ limit, per }) => ({
    limit: { algorithm: 'fixed-window', limit, per },
    model: () => new FixedModel(limit, per * 1_000),
    // A window that begins and ends inside of two of the clock touches one more than fit into it.
    mostWithin: (ms) => limit * (Math.ceil(ms / per) + 1),
  })),
  'sliding-window-counter': fc.record({ limit: LIMIT, per: PER }).map(({ limit, per }) => ({
    limit: { algorithm: 'sliding-window-counter', limit, per },
    model: () => new CounterModel(limit, per),
    mostWithin: (ms) => limit * (Math.ceil(ms / per) + 1),
  })),
  'sliding-window-log': fc.record({ limit: LIMIT, per: PER }).map(({ limit, per }) => ({
    limit: { algorithm: 'sliding-window-log', limit, per },
    model: () => new LogModel(limit, per * 1_000),
    mostWithin: (ms) => limit * Math.ceil(ms / per),
  })),
};

/** What somebody does next: lets time pass, and asks. */
const STEPS = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 })),
    cost: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 1, maxLength: 30 },
);

/** Each call of the embedded server takes so many microseconds where its clock stands still. */
const CALL_US = 16;

async function limiterFor(limits: RateLimitRule) {
  const clock = new SettableClock();
  const provider = embedded({ clock });
  const holdfast = await createHoldfast({ connection: provider, namespace: 'model' });
  /** The microsecond in which the next call will be. */
  const nextCallAt = (): number => {
    const [seconds, micros] = [provider.controls.command('TIME')].flat().map(Number);
    return (seconds ?? NaN) * 1_000_000 + (micros ?? NaN) + CALL_US;
  };
  return { clock, holdfast, nextCallAt, limiter: holdfast.limiters.define('api', { limits }) };
}

describe.each(Object.entries(KINDS))('%s', (_, kind) => {
  it('decides as its model does, and tells the shortest wait after which it lets pass', async () => {
    const property = fc.asyncProperty(kind, STEPS, async ({ limit, model: modelOf, mostWithin }, steps) => {
      const { clock, holdfast, limiter, nextCallAt } = await limiterFor(limit);
      const most = 'capacity' in limit ? limit.capacity : 'burst' in limit ? (limit.burst ?? 1) : limit.limit;
      const model = modelOf();
      const passed: { readonly at: number; readonly cost: number }[] = [];
      for (const step of steps) {
        if (step.afterMs > 0) await clock.advance(step.afterMs);
        const cost = Math.min(step.cost, most);
        const at = nextCallAt();
        const decision = await limiter.consume(undefined, cost);
        if (decision.allowed && !decision.counted) throw new Error('it was asked');
        expect([decision.allowed, decision.remaining]).toEqual(Object.values(model.decide(at, cost)));
        if (decision.allowed) passed.push({ at, cost });
        else
          expect(
            await waitsFor(limiter.check.bind(limiter, undefined, cost), clock, decision.retryAfterMs),
          ).toBe(true);
      }
      for (const [from, { at }] of passed.entries()) {
        for (let to = from; to < passed.length; to += 1) {
          const ms = ((passed[to]?.at ?? at) - at + 1) / 1_000;
          const count = passed.slice(from, to + 1).reduce((sum, { cost }) => sum + cost, 0);
          expect(count).toBeLessThanOrEqual(mostWithin(ms) + 1e-9);
        }
      }
      await holdfast.close();
    });
    await fc.assert(property, { numRuns: rounds(60, 1_000) });
  });
});

/**
 * Whether it passes after that time, and not two milliseconds before. A millisecond more, because the embedded server runs
 * ahead of its clock by its calls.
 */
async function waitsFor(
  ask: () => Promise<{ readonly allowed: boolean }>,
  clock: SettableClock,
  waitMs: number,
): Promise<boolean> {
  const firstMs = Math.max(0, waitMs - 2);
  if (firstMs > 0) await clock.advance(firstMs);
  const before = firstMs > 0 && (await ask()).allowed;
  await clock.advance(waitMs - firstMs + 1);
  return !before && (await ask()).allowed;
}
