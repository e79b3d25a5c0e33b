import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StaleFenceError } from '../index.js';
import { FenceGuard } from './fence-guard.js';
import { TokenSource } from './token-source.js';
import { processOf } from './token.js';

describe('a fence guard', () => {
  it('lets a fence through exactly when no higher one has written to that resource before', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            resource: fc.constantFrom('a', 'b', '__proto__'),
            fence: fc.integer({ min: 1, max: 20 }),
          }),
        ),
        (writes) => {
          const guard = new FenceGuard();
          const highest = new Map<string, number>();
          for (const { resource, fence } of writes) {
            const before = highest.get(resource) ?? 0;
            if (fence < before) expect(() => guard.check(resource, fence)).toThrow(StaleFenceError);
            else guard.check(resource, fence);
            highest.set(resource, Math.max(before, fence));
            expect(guard.highestOf(resource)).toBe(highest.get(resource));
          }
        },
      ),
    );
  });

  it('says which write it refused and why', () => {
    const guard = new FenceGuard();
    guard.check('ledger', 9);
    expect(() => guard.check('ledger', 8)).toThrow('Write to "ledger" refused: fence 8 is behind 9');
    expect(guard.highestOf('other')).toBe(0);
  });
});

describe('tokens', () => {
  it('P4.1 are never issued twice and tell their process', () => {
    const [one, two] = [new TokenSource(), new TokenSource()];
    const issued = Array.from({ length: 2_000 }, () => [one.next(), two.next()]).flat();
    expect(new Set(issued).size).toBe(4_000);
    expect([one.processId.length, one.processId === two.processId]).toEqual([22, false]);
    expect(processOf(one.next())).toBe(one.processId);
  });

  it('P5.2 are not the marker of holdAtLeast, nor anything that others wrote', () => {
    expect([processOf('held:1790000000000000'), processOf(''), processOf('x'.repeat(40))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
