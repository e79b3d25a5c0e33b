/** The options that all guarded calls have in common, checked; and what one call demands of the engine. */
import { LockConfigError } from '../errors.js';
import type { Demand, LeaseTerms } from '../lease/demand.js';
import { identityBelow, keyFault, type LockKey } from '../lease/lease-name.js';
import {
  durationReader,
  show,
  TTL_RULE,
  unknownOption,
  type Duration,
  type DurationLimits,
} from '../time/duration.js';
import type { BodyOptions } from './guarded-call.js';

/** What applies when a caller says nothing. */
export interface GuardDefaults {
  readonly ttlMs: number;
  readonly waitMs: number;
  /** What a ttl has to be where that is more than usual. */
  readonly ttlRule?: DurationLimits;
}

/** Checked options, without what varies from call to call. */
export interface GuardTerms extends LeaseTerms {
  /** What errors call it. */
  readonly kind: 'Lock' | 'Semaphore';
  /** What its identities begin with. */
  readonly escapedName: string;
  readonly reentrant: boolean;
  readonly whenLost: 'throw' | 'report';
  /** Whether others may hold it at the same time, who read as well. */
  readonly reading?: boolean;
}

/** The options that are read here. */
export interface GuardOptions extends BodyOptions {
  readonly key?: LockKey;
  readonly signal?: AbortSignal;
  readonly ttl?: Duration;
  readonly wait?: Duration | 'forever';
  readonly holdAtMost?: Duration;
}

/** Their names, for whoever knows further ones. */
export const GUARD_OPTIONS = [
  'key',
  'signal',
  'ttl',
  'wait',
  'holdAtMost',
  'reentrant',
  'whenLost',
] as const satisfies (keyof GuardOptions)[];

type CommonTerms = Pick<GuardTerms, 'ttlMs' | 'waitMs' | 'holdAtMostMs' | 'reentrant' | 'whenLost'>;

const WAIT_RULE = { leastMs: 0 } as const;

/** Reads what is common; what is wrong with it, or is not among the `known` options, becomes a sentence in `faults`. */
export function readGuardOptions(
  options: GuardOptions,
  defaults: GuardDefaults,
  { known, faults }: { readonly known: ReadonlySet<string>; readonly faults: string[] },
): CommonTerms {
  const { reentrant = false, whenLost = 'throw', wait } = options;
  const duration = durationReader(options, faults);
  const terms = {
    ttlMs: duration('ttl', defaults.ttlMs, defaults.ttlRule ?? TTL_RULE),
    waitMs: wait === 'forever' ? Infinity : duration('wait', defaults.waitMs, WAIT_RULE),
    holdAtMostMs: duration('holdAtMost', Infinity),
    reentrant,
    whenLost,
  };
  for (const option of Object.keys(options)) {
    if (!known.has(option)) faults.push(unknownOption(option, known));
  }
  if (typeof reentrant !== 'boolean') faults.push(`reentrant: ${show(reentrant)} must be true or false`);
  if (whenLost !== 'throw' && whenLost !== 'report')
    faults.push(`whenLost: ${show(whenLost)} must be 'throw' or 'report'`);
  return terms;
}

/** What is wrong with what belongs to one call. */
export function callFaults(key: LockKey | undefined, signal: AbortSignal | undefined): readonly string[] {
  const faultyKey = keyFault(key);
  const faultySignal = signalFault(signal);
  // No list is made for a call that is in order.
  if (faultyKey === undefined && faultySignal === undefined) return NONE;
  return [faultyKey, faultySignal].filter((fault) => fault !== undefined);
}

const NONE: readonly string[] = [];

/** What is wrong with options of a prepared `kind`, which are not those of one call. */
export function preparedFaults(kind: GuardTerms['kind'], options: object): readonly string[] {
  return ['key', 'signal']
    .filter((option) => option in options)
    .map(
      (option) => `${option}: belongs to each call of a prepared ${kind.toLowerCase()}, not to its options`,
    );
}

/** What one call wants. @throws LockConfigError for a bad key or signal */
export function demandFor(
  terms: GuardTerms,
  key: LockKey | undefined,
  signal: AbortSignal | undefined,
): Demand {
  const faults = callFaults(key, signal);
  if (faults.length > 0)
    throw new LockConfigError(`${terms.kind} ${show(terms.lockName)} cannot work`, faults);
  return { terms, identity: identityBelow(terms.escapedName, key), signal };
}

function signalFault(signal: unknown): string | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return undefined;
  return `signal: ${show(signal)} must be an AbortSignal`;
}
