import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockConfigError } from '../index.js';
import { checkDuration, MAX_TIMER_MS, parseDuration, show, TTL_RULE, unknownOption } from './duration.js';

const read = (value: unknown, rule = {}) => checkDuration(value, { option: 'ttl', ...rule });

describe('a duration', () => {
  it.each([
    [250, 250],
    [1.5, 2],
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['24d', MAX_TIMER_MS],
  ])('is read: %s', (value, ms) => {
    expect(read(value)).toEqual({ ok: true, ms });
  });

  it.each([
    ['5', 'is not a duration'],
    ['30 parsecs', 'is not a duration'],
    ['30 s', 'is not a duration'],
    ['-5s', 'is not a duration'],
    ['1e3s', 'is not a duration'],
    ['', 'is not a duration'],
    ['s', 'is not a duration'],
    ['1 second', 'is not a duration'],
    ['9'.repeat(40) + 's', 'is not a duration'],
    [undefined, 'is not a duration'],
    [null, 'is not a duration'],
    [true, 'is not a duration'],
    [10n, 'is not a duration'],
    [{ ms: 5 }, 'is not a duration'],
    [[5], 'is not a duration'],
    [() => 5, 'is not a duration'],
    [Number.NaN, 'must be finite'],
    [Infinity, 'must be finite'],
    [-Infinity, 'must be finite'],
    [0, 'must be at least 1 ms'],
    [-1, 'must be at least 1 ms'],
    [0.4, 'must be at least 1 ms'],
    [2 ** 31, 'must be at most'],
    [2 ** 53, 'must be at most'],
    ['25d', 'must be at most'],
  ])('is refused with its option, its value and the rule: %s', (value, rule) => {
    const fault = read(value);
    if (fault.ok) expect.unreachable('it was read');
    else {
      expect(fault.fault).toContain(rule);
      expect(fault.fault.startsWith(`ttl: ${show(value)} `)).toBe(true);
    }
  });

  it('F40 is a whole number of ms inside its bounds, or a fault, whatever is given', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.double(),
      fc.integer(),
      fc.string(),
      fc
        .tuple(fc.double(), fc.constantFrom('ms', 's', 'm', 'h', 'd', 'w', ' s'))
        .map(([n, unit]) => n + unit),
      fc.constantFrom(0, -0, -1, Number.NaN, Infinity, -Infinity, 1.5, '5', 2 ** 31, 2 ** 53, '30 parsecs'),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom({}, { leastMs: 0 }, TTL_RULE), (value, rule) => {
        const answer = read(value, rule);
        if (!answer.ok) return answer.fault.startsWith('ttl: ');
        const { leastMs, mostMs } = { leastMs: 1, mostMs: MAX_TIMER_MS, ...rule };
        return Number.isInteger(answer.ms) && answer.ms >= leastMs && answer.ms <= mostMs;
      }),
      { numRuns: 2_000 },
    );
  });

  it('may be nothing where the option says so, and never negative', () => {
    expect(read(0, { leastMs: 0 })).toEqual({ ok: true, ms: 0 });
    expect(read(-1, { leastMs: 0 })).toEqual({ ok: false, fault: 'ttl: -1 must not be negative' });
  });

  it('can be read from configuration text, with an error that names the option', () => {
    expect([parseDuration('30s', 'GRACE'), parseDuration(0, 'GRACE')]).toEqual([30_000, 0]);
    expect(() => parseDuration('soon', 'GRACE')).toThrow(LockConfigError);
    expect(() => parseDuration('soon', 'GRACE')).toThrow('GRACE: "soon" is not a duration');
  });
});

describe('a value in a message', () => {
  it('is cut where somebody passed a novel, and told by kind where its text may say too much', () => {
    expect(show('x'.repeat(500))).toHaveLength(63);
    expect([show({ password: 'p' }), show(['p']), show(() => 'p')]).toEqual([
      'an object',
      'an array',
      'a function',
    ]);
    expect([show(null), show(undefined), show(5n), show(Symbol('s'))]).toEqual([
      'null',
      'undefined',
      '5',
      'Symbol(s)',
    ]);
  });

  it('that is an option nobody knows comes with those that are known', () => {
    expect(unknownOption('tll', new Set(['ttl', 'wait']))).toBe('tll: unknown option; there are ttl, wait');
  });
});
