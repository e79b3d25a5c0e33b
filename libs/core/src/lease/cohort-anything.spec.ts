/** P4 whatever happens in whatever order: one holder, growing fences, nobody forgotten, nothing left. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EngineBench, type Ended } from '../../../../test/integration/protocol/support/engine-bench.js';
import { TenureModel } from '../../../../test/integration/protocol/support/tenure-model.js';
import { rounds } from '../../../../test/support/long.js';
import type { HeldLease } from './held-lease.js';
import type { AcquireOutcome } from './lease-engine.js';

/** What may happen next; `pick` chooses one of the requests or leases, `settle` whether its consequences come first. */
const step = fc.record({
  settle: fc.constantFrom(true, true, true, false),
  pick: fc.nat(30),
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('acquire', 'acquire', 'release', 'release', 'serve') },
    { weight: 2, arbitrary: fc.constantFrom('try', 'other ttl', 'short ttl', 'abort', 'again', 'serve one') },
    { weight: 1, arbitrary: fc.constantFrom('lose replies', 'wipe', 'elsewhere') },
    { weight: 3, arbitrary: fc.constantFrom(1, 1, 5, 21, 400, 1_100).map((ms) => ({ ms })) },
    { weight: 1, arbitrary: fc.constantFrom(19, 60, 700, 12_000).map((frozenMs) => ({ frozenMs })) },
  ),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

class Play {
  readonly bench = new EngineBench();
  readonly server = new TenureModel(this.bench);
  readonly asked: { readonly caller: AbortController; readonly ended: Ended<AcquireOutcome> }[] = [];
  readonly fences: number[] = [];
  /** How many held at the same instant, at most. */
  mostHeld = 0;
  /** Tokens that a holder gave back by itself; clean-up is another matter. */
  readonly givenBack: string[] = [];

  constructor() {
    this.bench.heard = (event) => {
      if (event.type === 'granted') this.fences.push(event.fence);
    };
  }

  get leases(): HeldLease[] {
    return this.asked.flatMap(({ ended: { value } }) => (value?.outcome === 'granted' ? [value.lease] : []));
  }

  async take({ what, pick, settle }: Step): Promise<void> {
    if (typeof what === 'string') this.#do(what, pick);
    else if ('ms' in what) await this.bench.clock.advance(what.ms);
    else this.bench.clock.jump(what.frozenMs);
    if (settle) await this.bench.clock.settle();
    this.#countHolders();
  }

  /** Everybody is served, and whoever is granted something gives it back. */
  async end(): Promise<void> {
    for (let round = 0; round < 70; round += 1) {
      for (const lease of this.leases) this.release(lease);
      this.server.serve();
      await this.bench.clock.settle();
      this.#countHolders();
      await this.bench.clock.advance(round < 40 ? 25 : 4_000);
    }
  }

  /** Those that the server knows of: a holder whose key was wiped hears of it with the next renewal. */
  #countHolders(): void {
    const held = this.leases.filter((lease) => lease.held && !this.server.wiped.has(lease.tenure.token));
    this.mostHeld = Math.max(this.mostHeld, held.length);
  }

  release(lease: HeldLease): void {
    const before = this.bench.store.releases.length;
    void lease.release();
    for (const { request } of this.bench.store.releases.slice(before)) this.givenBack.push(request.token);
  }

  #do(what: string, pick: number): void {
    const { server, leases } = this;
    const lease = leases[pick % leases.length];
    const holder = leases.find(({ held }) => held);
    if (what === 'acquire') this.#ask();
    else if (what === 'try') this.#ask({ waitMs: 0 });
    else if (what === 'other ttl') this.#ask({ ttlMs: 3_000 });
    else if (what === 'short ttl') this.#ask({ ttlMs: 400 });
    else if (what === 'release' && holder !== undefined) this.release(holder);
    else if (what === 'again' && lease !== undefined) this.release(lease);
    else if (what === 'abort') this.asked[pick % this.asked.length]?.caller.abort();
    else if (what === 'serve') server.serve();
    else if (what === 'serve one') server.serve({ most: 1 });
    else if (what === 'lose replies') server.serve({ replies: false });
    else if (what === 'wipe') server.wipe();
    else if (what === 'elsewhere') server.takeElsewhere(50 * pick);
  }

  #ask(wanted: { waitMs?: number; ttlMs?: number } = {}): void {
    const caller = new AbortController();
    this.asked.push({ caller, ended: this.bench.ask({ ...wanted, signal: caller.signal }) });
  }
}

const plays = fc.array(step, { minLength: 20, maxLength: 80 });

it('P4 any order of events: one holder, growing fences, one release a token, and an end for everybody', async () => {
  let passes = 0;
  await fc.assert(
    fc.asyncProperty(plays, async (steps) => {
      const play = new Play();
      for (const one of steps) await play.take(one);
      await play.end();
      const { fences, givenBack, server, bench } = play;
      expect(play.mostHeld).toBeLessThanOrEqual(1);
      expect(fences).toEqual([...new Set(fences)].toSorted((a, b) => a - b));
      for (const fence of fences)
        expect(server.blocks.some((first) => first <= fence && fence < first + 16)).toBe(true);
      passes += fences.filter((fence) => !server.blocks.includes(fence)).length;
      expect(play.asked.map(({ ended }) => [ended.state === 'open', ended.times])).toEqual(
        play.asked.map(() => [false, 1]),
      );
      const sent = bench.store.releases.map(({ request }) => request.token);
      expect(new Set(givenBack).size).toBe(givenBack.length);
      // A late attempt of a token that is through may stand in line on the server; what it is given there is given back.
      const given = new Set(server.pushedTo);
      for (const token of givenBack)
        if (!given.has(token)) expect(sent.filter((other) => other === token)).toEqual([token]);
      expect(bench.engine.load).toEqual({ held: 0, waiting: 0 });
      expect(bench.clock.armed).toEqual({ ref: 0, unref: 0 });
    }),
    { numRuns: rounds(300, 5_000) },
  );
  expect(passes).toBeGreaterThan(300);
}, 120_000);
