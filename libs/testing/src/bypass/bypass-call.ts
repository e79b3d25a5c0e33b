/** What was asked of a lock service that locks nothing. */
import { LockConfigError, lockOptionFaults, type LockKey, type RunOptions } from '@holdfast/core';

/** Something that was asked of a {@link BypassLocks}. */
export interface BypassCall {
  readonly method: 'run' | 'tryRun' | 'acquire' | 'tryAcquire' | 'acquireAll' | 'runAll' | 'inspect';
  readonly lockName: string;
  readonly key: LockKey | undefined;
  /** As given, without the key. */
  readonly options: Omit<RunOptions, 'key'>;
}

/** @throws LockConfigError for what the real one would refuse */
export function check(lockName: string, options: RunOptions): void {
  const faults = lockOptionFaults(lockName, options);
  if (faults.length > 0) throw new LockConfigError(`Lock ${JSON.stringify(lockName)} cannot work`, faults);
}

export function identityOf({ lockName, key }: BypassCall): string {
  const parts = key === undefined ? [] : [key].flat();
  return JSON.stringify([lockName, ...parts.map(String)]);
}
