import { describe, expect, it } from 'vitest';
import { formatNumber, parseInteger, parseScore } from './numbers.js';

describe('numbers', () => {
  it.each([
    [0.1, '0.10000000000000001'],
    [1e17, '1e+17'],
    [123456789012345680, '1.2345678901234568e+17'],
    [2 ** 53, '9007199254740992'],
    [-1.5e-7, '-1.4999999999999999e-07'],
    [0.0001, '0.0001'],
    [-0, '-0'],
    [1e300, '1.0000000000000001e+300'],
    [Infinity, 'inf'],
  ])('writes %d as C does with %%.17g', (value, written) => {
    expect(formatNumber(value)).toBe(written);
  });

  it.each(['', ' 1', '1 ', '+1', '01', '1.0', '1e3', '9223372036854775808', '-9223372036854775809'])(
    'does not take %j for an integer',
    (text) => expect(parseInteger(text)).toBeUndefined(),
  );

  it('reads whole numbers up to 64 bits', () => {
    expect(['0', '-7', '9223372036854775807'].map(parseInteger)).toEqual([0, -7, 2 ** 63]);
  });

  it.each([
    ['1.5', 1.5],
    ['-inf', -Infinity],
    ['+Infinity', Infinity],
    ['0x10', 16],
    ['.5e1', 5],
  ])('reads the score %s', (text, score) => expect(parseScore(text)).toBe(score));

  it.each(['', 'nan', ' 1', '1 ', '1e400', '1e-400', 'one'])('does not take %j for a score', (text) =>
    expect(parseScore(text)).toBeUndefined(),
  );
});
