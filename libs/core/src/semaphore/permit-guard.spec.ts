import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockConfigError, StaleFenceError } from '../index.js';
import { PermitGuard, type PermitProof } from './permit-guard.js';

/** A semaphore as its server sees it, whose holders end without being asked. */
class Semaphore {
  #last = 0;
  readonly live: number[] = [];

  grant(): number {
    this.live.push((this.#last += 16));
    return this.#last;
  }

  proofOf(fence: number): PermitProof {
    return { fence, asOf: this.#last, live: [...this.live] };
  }
}

type Step = { readonly grants: boolean; readonly pick: number };

describe('a permit guard', () => {
  it('lets at most so many permits write at a time, refuses none that is live, and each that was over in a look it saw', () => {
    const steps = fc.array(fc.record({ grants: fc.boolean(), pick: fc.nat(1_000) }), { maxLength: 80 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), steps, (permits: number, plan: readonly Step[]) => {
        const semaphore = new Semaphore();
        const guard = new PermitGuard();
        const proofs: PermitProof[] = [];
        const wrote = new Map<number, { first: number; last: number }>();
        for (const [at, { grants, pick }] of plan.entries()) {
          if (grants) {
            if (semaphore.live.length === permits) semaphore.live.splice(pick % permits, 1);
            proofs.push(semaphore.proofOf(semaphore.grant()));
            continue;
          }
          const proof = proofs[pick % proofs.length];
          if (proof === undefined) continue;
          try {
            guard.check('printer', proof);
            wrote.set(proof.fence, { first: wrote.get(proof.fence)?.first ?? at, last: at });
          } catch (error) {
            expect(StaleFenceError.is(error)).toBe(true);
            expect(semaphore.live).not.toContain(proof.fence);
          }
        }
        const spans = [...wrote.values()];
        for (const { first } of spans)
          expect(
            spans.filter((span) => span.first <= first && span.last >= first).length,
          ).toBeLessThanOrEqual(permits);
      }),
    );
  });

  it('says what it refused and why, and knows resources apart', () => {
    const guard = new PermitGuard();
    guard.check('printer', { fence: 32, asOf: 47, live: [16, 32] });
    guard.check('printer', { fence: 16, asOf: 31, live: [16] });
    guard.check('printer', { fence: 48, asOf: 63, live: [16, 48] });
    expect(() => guard.check('printer', { fence: 32, asOf: 47, live: [16, 32] })).toThrow(
      'Write to "printer" refused: fence 32 is behind 63',
    );
    guard.check('plotter', { fence: 32, asOf: 47, live: [16, 32] });
  });

  it.each([
    ['a fence that is none', { fence: Number.NaN, asOf: 3, live: [3] }, 'is no fence'],
    [
      'a look without the permit itself',
      { fence: 3, asOf: 3, live: [2] },
      'must have the fence of the permit',
    ],
    [
      'a look from before the grant',
      { fence: 3, asOf: 2, live: [3] },
      'asOf: 2 must not be lower than fence (3)',
    ],
    ['fractions', { fence: 3, asOf: 4, live: [3, 1.5] }, '1.5 is no fence'],
  ])('refuses %s', (_, proof, why) => {
    const guard = new PermitGuard();
    expect(() => guard.check('printer', proof)).toThrow(LockConfigError);
    expect(() => guard.check('printer', proof)).toThrow(why);
  });

  it('refuses what came over the wire and is no proof at all', () => {
    const sent: unknown = JSON.parse('{"fence":3,"asOf":3}');
    const check: (resource: string, proof: never) => void = (resource, proof) =>
      new PermitGuard().check(resource, proof);
    expect(() => Reflect.apply(check, undefined, ['printer', sent])).toThrow(
      'live: undefined must be the fences',
    );
  });
});
