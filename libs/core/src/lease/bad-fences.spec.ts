/** What is no fence must not pass a guard: compared with NaN, every later fence would be high enough. */
import { describe, expect, it } from 'vitest';
import { LockConfigError, StaleFenceError } from '../index.js';
import { FenceGuard } from './fence-guard.js';

describe.each([Number.NaN, Infinity, -Infinity, 0, -1, 1.5, 2 ** 53])('a fence of %d', (fence) => {
  it('is refused as a bad argument, on a resource that was never written to', () => {
    const guard = new FenceGuard();
    expect(() => guard.check('ledger', fence)).toThrow(LockConfigError);
    expect(guard.highestOf('ledger')).toBe(0);
    guard.check('ledger', 1);
    expect(guard.highestOf('ledger')).toBe(1);
  });

  it('changes nothing about who may write', () => {
    const guard = new FenceGuard();
    guard.check('ledger', 100);
    expect(() => guard.check('ledger', fence)).toThrow(LockConfigError);
    expect(guard.highestOf('ledger')).toBe(100);
    expect(() => guard.check('ledger', 99)).toThrow(StaleFenceError);
    guard.check('ledger', 100);
  });
});
