/** Options of what is done once, checked as a whole: one error lists every fault. */
import { faultsIn, LockConfigError } from '../errors.js';
import { callFaults, readGuardOptions, type GuardDefaults, type GuardTerms } from '../guarded/guard-terms.js';
import { identityOfKind, nameFault } from '../lease/lease-name.js';
import { durationReader, show, TTL_RULE } from '../time/duration.js';
import type { OnceOptions, ShareOptions } from './once-service.js';

/** Checked options. */
export interface OnceTerms extends GuardTerms {
  readonly rememberMs: number;
  readonly whenFailed: 'retry' | 'remember';
  readonly maxBytes: number;
  readonly outcomeOf: NonNullable<GuardTerms['outcomeOf']>;
}

const OF_BOTH = ['key', 'signal', 'ttl', 'wait', 'maxBytes'] as const satisfies (keyof ShareOptions)[];
const OF_SHARING: ReadonlySet<string> = new Set(OF_BOTH);
const OF_ONCE: ReadonlySet<string> = new Set([
  ...OF_BOTH,
  'remember',
  'whenFailed',
] satisfies (keyof OnceOptions)[]);
const REMEMBER_RULE = { leastMs: 1_000, mostMs: 400 * 86_400_000 } as const;
/** Who waits in line comes for what is shared within a poll or two. */
const SHARED_MS = 10_000;
const LARGEST = 64 * 1024 * 1024;
const LARGEST_UNLESS_TOLD = 65_536;

/** @throws LockConfigError */
export function resolveOnce(name: string, options: OnceOptions, defaults: GuardDefaults): OnceTerms {
  const faults: string[] = [];
  const { whenFailed = 'retry' } = options;
  if (whenFailed !== 'retry' && whenFailed !== 'remember')
    faults.push(`whenFailed: ${show(whenFailed)} must be 'retry' or 'remember'`);
  if (options.remember === undefined) faults.push('remember: undefined must be given');
  const rememberMs = durationReader(options, faults)('remember', REMEMBER_RULE.leastMs, REMEMBER_RULE);
  const terms = read(name, options, { known: OF_ONCE, defaults, faults });
  if (faults.length > 0) throw new LockConfigError(`Once ${show(name)} cannot work`, faults);
  return { ...terms, rememberMs, whenFailed, outcomeOf: 'anybody' };
}

/** @throws LockConfigError */
export function resolveShare(name: string, options: ShareOptions, defaults: GuardDefaults): OnceTerms {
  const faults: string[] = [];
  const terms = read(name, options, { known: OF_SHARING, defaults, faults });
  if (faults.length > 0) throw new LockConfigError(`Share ${show(name)} cannot work`, faults);
  return { ...terms, rememberMs: SHARED_MS, whenFailed: 'remember', outcomeOf: 'who-holds-it-now' };
}

/** What is wrong with these options, in one sentence each; empty when nothing is. */
export function onceFaults(name: string, options: OnceOptions): readonly string[] {
  const defaults = { ttlMs: TTL_RULE.leastMs, waitMs: 0 };
  return [
    ...faultsIn(() => resolveOnce(name, options, defaults)),
    ...callFaults(options.key, options.signal),
  ];
}

interface Reading {
  readonly known: ReadonlySet<string>;
  readonly defaults: GuardDefaults;
  readonly faults: string[];
}

function read(name: string, options: ShareOptions, { known, defaults, faults }: Reading) {
  const faultyName = nameFault(name, 'name');
  if (faultyName !== undefined) faults.push(faultyName);
  const { maxBytes = LARGEST_UNLESS_TOLD } = options;
  if (!Number.isInteger(maxBytes) || maxBytes < 1 || maxBytes > LARGEST)
    faults.push(`maxBytes: ${show(maxBytes)} must be an integer from 1 to ${LARGEST}`);
  const terms: GuardTerms = {
    kind: 'Lock',
    lockName: name,
    escapedName: identityOfKind('once', name),
    ...readGuardOptions(options, defaults, { known, faults }),
    holdAtLeastMs: 0,
  };
  return { ...terms, maxBytes };
}
