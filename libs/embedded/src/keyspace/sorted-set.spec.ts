import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBytes } from '../bytes.js';
import { SortedSet } from './sorted-set.js';

describe('SortedSet', () => {
  it('orders by score, and members of one score by their bytes', () => {
    const set = new SortedSet();
    for (const member of ['é', 'z', 'Z', 'a', 'ab']) set.add(toBytes(member), 1);
    set.add(toBytes('last'), 2);
    const order = set.slice(0, -1).map(({ member }) => member);
    expect(order).toEqual(['Z', 'a', 'ab', 'z', toBytes('é'), 'last']);
  });

  it('agrees with sorting a plain list, whatever is added, moved and removed', () => {
    const step = fc.record({
      member: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      score: fc.option(fc.integer({ min: -2, max: 2 })),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const set = new SortedSet();
        const plain = new Map<string, number>();
        for (const { member, score } of steps) {
          const bytes = toBytes(member);
          if (score === null) expect(set.delete(bytes)).toBe(plain.delete(member));
          else {
            set.add(bytes, score);
            plain.set(member, score);
          }
        }
        const sorted = [...plain].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
        expect(set.slice(0, -1).map(({ member, score }) => [member, score])).toEqual(sorted);
        sorted.forEach(([member], rank) => expect(set.rankOf(toBytes(member))).toBe(rank));
      }),
    );
  });
});
