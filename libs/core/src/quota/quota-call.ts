/** What belongs to one call of a quota, checked. */
import { LockConfigError } from '../errors.js';
import { callFaults } from '../guarded/guard-terms.js';
import { identityBelow, nameFault, type LockKey } from '../lease/lease-name.js';
import { checkDuration, durationReader, show, unknownOption, type Duration } from '../time/duration.js';
import { KEEP_RULE, type ResolvedQuota } from './quota-options.js';
import type { ChangeOptions, ReserveOptions } from './quota-service.js';
import type { CounterChange } from './quota-store.js';

const DAY_MS = 86_400_000;
const OF_CHANGES: ReadonlySet<string> = new Set(['key', 'id', 'remember'] satisfies (keyof ChangeOptions)[]);
const OF_RESERVATIONS: ReadonlySet<string> = new Set([
  'key',
  'id',
  'remember',
  'ttl',
] satisfies (keyof ReserveOptions)[]);
/** A reservation is not kept for longer than its account is. */
const TTL_RULE = { leastMs: 10, mostMs: KEEP_RULE.mostMs } as const;

/** @throws LockConfigError */
export function changeOf(quota: ResolvedQuota, by: object, options: ChangeOptions): CounterChange {
  return read(quota, by, { options, known: OF_CHANGES, reserves: false });
}

/** @throws LockConfigError */
export function reservationOf(quota: ResolvedQuota, by: object, options: ReserveOptions): CounterChange {
  return read(quota, by, { options, known: OF_RESERVATIONS, reserves: true });
}

/** @throws LockConfigError */
export function accountOf({ name, escapedName }: ResolvedQuota, key: LockKey | undefined): string {
  refuse(name, callFaults(key, undefined));
  return identityBelow(escapedName, key);
}

/** How long a reservation is to last. @throws LockConfigError */
export function ttlOf({ name, keepMs }: ResolvedQuota, ttl: Duration): number {
  const checked = checkDuration(ttl, { option: 'ttl', ...TTL_RULE, mostMs: keepMs });
  if (checked.ok) return checked.ms;
  return refuse(name, [checked.fault]) ?? 0;
}

interface Given {
  readonly options: ChangeOptions & Partial<ReserveOptions>;
  readonly known: ReadonlySet<string>;
  readonly reserves: boolean;
}

function read(quota: ResolvedQuota, by: object, { options, known, reserves }: Given): CounterChange {
  const { name, escapedName, keepMs } = quota;
  const faults = [...callFaults(options.key, undefined)];
  for (const option of Object.keys(options))
    if (!known.has(option)) faults.push(unknownOption(option, known));
  const duration = durationReader(options, faults);
  const longest = { mostMs: keepMs, mostIs: 'which is keepFor' };
  const rememberMs = duration('remember', Math.min(DAY_MS, keepMs), { leastMs: 1_000, ...longest });
  const reserveMs = reserves ? duration('ttl', 0, { ...TTL_RULE, ...longest }) : 0;
  if (reserves && options.ttl === undefined) faults.push('ttl: undefined must be given');
  const faultyId = options.id === undefined ? undefined : nameFault(options.id, 'id');
  if (faultyId !== undefined) faults.push(faultyId);
  const changes = readAmounts(quota, by, faults);
  refuse(name, faults);
  const identity = identityBelow(escapedName, options.key);
  return { identity, changes, id: options.id ?? '', reserveMs, rememberMs, keepMs };
}

function readAmounts({ counters }: ResolvedQuota, by: object, faults: string[]): CounterChange['changes'] {
  const given = new Map<string, unknown>(typeof by === 'object' && by !== null ? Object.entries(by) : []);
  const known = new Set(counters.map(({ name }) => name));
  for (const name of given.keys()) if (!known.has(name)) faults.push(unknownOption(name, known));
  if (given.size === 0)
    faults.push(`by: ${show(by)} must say by how much, as { ${counters[0]?.name ?? 'left'}: -1 }`);
  return counters.map((counter) => {
    const amount = given.get(counter.name);
    if (amount === undefined) return { counter, by: 0 };
    if (typeof amount === 'number' && Number.isSafeInteger(amount) && amount !== 0)
      return { counter, by: amount };
    faults.push(`${counter.name}: ${show(amount)} must be a whole number below 2^53, and not 0`);
    return { counter, by: 0 };
  });
}

function refuse(name: string, faults: readonly string[]): undefined {
  if (faults.length > 0) throw new LockConfigError(`Quota ${show(name)} cannot be changed`, faults);
  return undefined;
}
