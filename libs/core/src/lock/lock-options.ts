/** Options of a lock, checked as a whole: one error lists every fault. */
import { faultsIn, LockConfigError } from '../errors.js';
import type { Demand, LeaseTerms } from '../lease/demand.js';
import type { Durability, DurabilityNeed } from '../lease/durability.js';
import { escapePart, identityBelow, keyFault, nameFault, type LockKey } from '../lease/lease-name.js';
import { durationReader, show, TTL_RULE, unknownOption, type DurationLimits } from '../time/duration.js';
import type { RunOptions } from './lock-service.js';

/** What applies when a caller says nothing. */
export interface LockDefaults {
  readonly ttlMs: number;
  readonly waitMs: number;
  /** What the grants of the instance withstand; for a stand-in anything. */
  readonly durability?: Durability;
  /** What a ttl has to be where that is more than usual. */
  readonly ttlRule?: DurationLimits;
}

/** Checked options, without what varies from call to call. */
export interface ResolvedLockOptions extends LeaseTerms {
  /** What identities of this lock begin with. */
  readonly escapedName: string;
  readonly reentrant: boolean;
  readonly whenLost: 'throw' | 'report';
}

const KNOWN: ReadonlySet<string> = new Set([
  'key',
  'ttl',
  'lockDelay',
  'wait',
  'holdAtLeast',
  'holdAtMost',
  'durability',
  'signal',
  'reentrant',
  'whenLost',
] satisfies (keyof RunOptions)[]);

const WAIT_RULE = { leastMs: 0 } as const;
const LOCK_DELAY_RULE = { leastMs: 0, mostMs: 3_600_000 } as const;
const HOLD_AT_LEAST_RULE = { leastMs: 0, mostMs: TTL_RULE.mostMs } as const;

/** Called by every `run` that nobody prepared: it makes nothing that only faults need. @throws LockConfigError */
export function resolveLockOptions(
  lockName: string,
  options: RunOptions,
  defaults: LockDefaults,
): ResolvedLockOptions {
  const faults: string[] = [];
  const duration = durationReader(options, faults);
  const faultyName = nameFault(lockName, 'name');
  const resolved: ResolvedLockOptions = {
    lockName,
    escapedName: faultyName === undefined ? escapePart(lockName) : '',
    ttlMs: duration('ttl', defaults.ttlMs, defaults.ttlRule ?? TTL_RULE),
    lockDelayMs: duration('lockDelay', 0, LOCK_DELAY_RULE),
    waitMs: options.wait === 'forever' ? Infinity : duration('wait', defaults.waitMs, WAIT_RULE),
    holdAtLeastMs: duration('holdAtLeast', 0, HOLD_AT_LEAST_RULE),
    holdAtMostMs: duration('holdAtMost', Infinity),
    fenced: options.durability === 'fenced',
    reentrant: options.reentrant ?? false,
    whenLost: options.whenLost ?? 'throw',
  };
  if (faultyName !== undefined) faults.push(faultyName);
  addPlainFaults(faults, options, resolved);
  if (options.durability !== undefined) addDurabilityFault(faults, options.durability, defaults.durability);
  if (faults.length > 0) throw new LockConfigError(`Lock ${show(lockName)} cannot work`, faults);
  return resolved;
}

/**
 * What is wrong with the options of a lock, its key and signal included, in one sentence each; empty when nothing is.
 * For whoever stands in for a `LockService` and wants to refuse what the real one refuses.
 */
export function lockOptionFaults(lockName: string, options: RunOptions): readonly string[] {
  const ofCall = [keyFault(options.key), signalFault(options.signal)].filter((fault) => fault !== undefined);
  const defaults = { ttlMs: TTL_RULE.leastMs, waitMs: 0 };
  return [...faultsIn(() => resolveLockOptions(lockName, options, defaults)), ...ofCall];
}

/** What one call wants. @throws LockConfigError for a bad key or signal */
export function demandFor(
  options: ResolvedLockOptions,
  key: LockKey | undefined,
  signal: AbortSignal | undefined,
): Demand {
  const faultyKey = keyFault(key);
  const faultySignal = signalFault(signal);
  if (faultyKey !== undefined || faultySignal !== undefined) {
    const faults = [faultyKey, faultySignal].filter((fault) => fault !== undefined);
    throw new LockConfigError(`Lock ${show(options.lockName)} cannot work`, faults);
  }
  return { terms: options, identity: identityBelow(options.escapedName, key), signal };
}

function addPlainFaults(faults: string[], options: RunOptions, resolved: ResolvedLockOptions): void {
  const { reentrant, whenLost } = options;
  const { holdAtLeastMs, holdAtMostMs } = resolved;
  for (const option of Object.keys(options)) {
    if (!KNOWN.has(option)) faults.push(unknownOption(option, KNOWN));
  }
  if (reentrant !== undefined && typeof reentrant !== 'boolean')
    faults.push(`reentrant: ${show(reentrant)} must be true or false`);
  if (whenLost !== undefined && whenLost !== 'throw' && whenLost !== 'report')
    faults.push(`whenLost: ${show(whenLost)} must be 'throw' or 'report'`);
  if (holdAtLeastMs > holdAtMostMs) {
    faults.push(`holdAtLeast: ${holdAtLeastMs} ms must not be longer than holdAtMost (${holdAtMostMs} ms)`);
  }
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

function signalFault(signal: unknown): string | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return undefined;
  return `signal: ${show(signal)} must be an AbortSignal`;
}
