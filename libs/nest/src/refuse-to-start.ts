import { LockConfigError, type Holdfast } from '@holdfast/core';

/**
 * Stops the boot. Nest calls no shutdown hook after a failed one, and an open connection would keep the process from
 * ending.
 * @throws LockConfigError, always
 */
export async function refuseToStart(holdfast: Holdfast, faults: readonly string[]): Promise<never> {
  await holdfast.close(0);
  throw new LockConfigError('Holdfast cannot start', faults);
}
