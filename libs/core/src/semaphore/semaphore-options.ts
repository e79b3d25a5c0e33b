/** Options of a semaphore, checked as a whole: one error lists every fault. */
import { faultsIn, LockConfigError } from '../errors.js';
import {
  callFaults,
  GUARD_OPTIONS,
  readGuardOptions,
  type GuardDefaults,
  type GuardTerms,
} from '../guarded/guard-terms.js';
import { identityBelow, identityOf, nameFault, type LockKey } from '../lease/lease-name.js';
import { show, TTL_RULE } from '../time/duration.js';
import type { PermitRunOptions } from './semaphore-service.js';

const KNOWN: ReadonlySet<string> = new Set([
  ...GUARD_OPTIONS,
  'permits',
  'weight',
] satisfies (keyof PermitRunOptions)[]);

export const MOST_PERMITS = 1_000_000;

/** The sentence that says what is wrong with `value` as a number of permits, or `undefined`. */
export function countFault(value: unknown, option: string): string | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_PERMITS)
    return undefined;
  return `${option}: ${show(value)} must be an integer from 1 to ${MOST_PERMITS}`;
}

/** No lock has an empty name, so no lock shares its keys with a semaphore. */
const SEMAPHORES = identityBelow('', 'semaphore');

/** What a checked name and key are kept under. */
export function semaphoreIdentity(name: string, key: LockKey | undefined): string {
  return `${SEMAPHORES}#${identityOf(name, key)}`;
}

/** @throws LockConfigError */
export function resolvePermitOptions(
  name: string,
  options: Partial<PermitRunOptions> = {},
  defaults: GuardDefaults,
): GuardTerms {
  const { permits, weight = 1 } = options;
  const faults = [
    nameFault(name, 'name'),
    countFault(permits, 'permits'),
    countFault(weight, 'weight'),
  ].filter((fault) => fault !== undefined);
  if (permits !== undefined && faults.length === 0 && weight > permits)
    faults.push(`weight: ${weight} must not be more than permits (${permits}): nobody could ever have them`);
  const common = readGuardOptions(options, defaults, { known: KNOWN, faults });
  if (permits === undefined || faults.length > 0)
    throw new LockConfigError(`Semaphore ${show(name)} cannot work`, faults);
  return {
    kind: 'Semaphore',
    lockName: name,
    escapedName: semaphoreIdentity(name, undefined),
    holdAtLeastMs: 0,
    share: { permits: weight, of: permits },
    ...common,
  };
}

/**
 * What is wrong with the options of a semaphore, its key and signal included, in one sentence each; empty when nothing is.
 * For whoever stands in for a `SemaphoreService` and wants to refuse what the real one refuses.
 */
export function permitOptionFaults(name: string, options: PermitRunOptions): readonly string[] {
  const defaults = { ttlMs: TTL_RULE.leastMs, waitMs: 0 };
  return [
    ...faultsIn(() => resolvePermitOptions(name, options, defaults)),
    ...callFaults(options.key, options.signal),
  ];
}
