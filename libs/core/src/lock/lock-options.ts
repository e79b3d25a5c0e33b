/** Options of a lock, checked as a whole: one error lists every fault. */
import { faultsIn, LockConfigError } from '../errors.js';
import {
  callFaults,
  GUARD_OPTIONS,
  readGuardOptions,
  type GuardDefaults,
  type GuardTerms,
} from '../guarded/guard-terms.js';
import type { Durability, DurabilityNeed } from '../lease/durability.js';
import { escapePart, nameFault } from '../lease/lease-name.js';
import { durationReader, show, TTL_RULE } from '../time/duration.js';
import type { LockMode, RunOptions } from './lock-service.js';

/** What applies when a caller says nothing. */
export interface LockDefaults extends GuardDefaults {
  /** What the grants of the instance withstand; for a stand-in anything. */
  readonly durability?: Durability;
}

const KNOWN: ReadonlySet<string> = new Set([
  ...GUARD_OPTIONS,
  'lockDelay',
  'holdAtLeast',
  'durability',
  'mode',
] satisfies (keyof RunOptions)[]);

const LOCK_DELAY_RULE = { leastMs: 0, mostMs: 3_600_000 } as const;
const HOLD_AT_LEAST_RULE = { leastMs: 0, mostMs: TTL_RULE.mostMs } as const;

/** Called by every `run` that nobody prepared: it makes nothing that only faults need. @throws LockConfigError */
export function resolveLockOptions(
  lockName: string,
  options: RunOptions,
  defaults: LockDefaults,
): GuardTerms {
  const faults: string[] = [];
  const duration = durationReader(options, faults);
  const faultyName = nameFault(lockName, 'name');
  if (faultyName !== undefined) faults.push(faultyName);
  const { mode } = options;
  const resolved: GuardTerms = {
    kind: 'Lock',
    lockName,
    escapedName: faultyName === undefined ? escapePart(lockName) : '',
    ...readGuardOptions(options, defaults, { known: KNOWN, faults }),
    lockDelayMs: duration('lockDelay', 0, LOCK_DELAY_RULE),
    holdAtLeastMs: duration('holdAtLeast', 0, HOLD_AT_LEAST_RULE),
    fenced: options.durability === 'fenced',
    reading: mode === 'read',
  };
  const { holdAtLeastMs, holdAtMostMs } = resolved;
  if (holdAtLeastMs > holdAtMostMs) {
    faults.push(`holdAtLeast: ${holdAtLeastMs} ms must not be longer than holdAtMost (${holdAtMostMs} ms)`);
  }
  if (mode !== undefined) addModeFaults(faults, mode, resolved);
  if (options.durability !== undefined) addDurabilityFault(faults, options.durability, defaults.durability);
  if (faults.length > 0) throw new LockConfigError(`Lock ${show(lockName)} cannot work`, faults);
  return resolved;
}

/**
 * What is wrong with the options of a lock, its key and signal included, in one sentence each; empty when nothing is.
 * For whoever stands in for a `LockService` and wants to refuse what the real one refuses.
 */
export function lockOptionFaults(lockName: string, options: RunOptions): readonly string[] {
  const defaults = { ttlMs: TTL_RULE.leastMs, waitMs: 0 };
  return [
    ...faultsIn(() => resolveLockOptions(lockName, options, defaults)),
    ...callFaults(options.key, options.signal),
  ];
}

const MODES: readonly unknown[] = ['read', 'write'] satisfies LockMode[];

/** What keeps the next holder out is for who holds alone: behind one of many readers there is no next one. */
function addModeFaults(faults: string[], mode: LockMode, { holdAtLeastMs, lockDelayMs }: GuardTerms): void {
  if (!MODES.includes(mode)) faults.push(`mode: ${show(mode)} must be 'read' or 'write'`);
  if (mode !== 'read') return;
  if (holdAtLeastMs > 0) faults.push(`holdAtLeast: ${holdAtLeastMs} ms must be left out with mode: 'read'`);
  if (lockDelayMs !== undefined && lockDelayMs > 0)
    faults.push(`lockDelay: ${lockDelayMs} ms must be left out with mode: 'read'`);
}

const NEEDS: readonly unknown[] = ['efficiency', 'failover-aware', 'fenced'] satisfies DurabilityNeed[];

function addDurabilityFault(faults: string[], need: DurabilityNeed, has: Durability | undefined): void {
  if (!NEEDS.includes(need)) {
    faults.push(`durability: ${show(need)} must be 'efficiency', 'failover-aware' or 'fenced'`);
  } else if (need === 'failover-aware' && has?.mode === 'efficiency') {
    faults.push(
      "durability: 'failover-aware' needs an instance with `replicas` or on a quorum; this one may give a lock away again " +
        'when its Redis fails over',
    );
  }
}
