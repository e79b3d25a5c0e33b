/** Options of a quota, checked as a whole: one error lists every fault. */
import { faultsIn, LockConfigError } from '../errors.js';
import { identityOfKind, nameFault } from '../lease/lease-name.js';
import { checkDuration, durationReader, show, unknownOption } from '../time/duration.js';
import type { CounterBounds, QuotaOptions } from './quota-service.js';
import type { ResolvedCounter } from './quota-store.js';

/** A quota, checked. */
export interface ResolvedQuota {
  readonly name: string;
  /** What its identities begin with. No lock is called so: `#` is escaped in names. */
  readonly escapedName: string;
  readonly counters: readonly ResolvedCounter[];
  readonly keepMs: number;
}

const KNOWN: ReadonlySet<string> = new Set(['counters', 'keepFor'] satisfies (keyof QuotaOptions<string>)[]);
const KNOWN_OF_COUNTER: ReadonlySet<string> = new Set([
  'least',
  'most',
  'initial',
  'resetEvery',
] satisfies (keyof CounterBounds)[]);
const COUNTER_NAME = /^[A-Za-z0-9_.:-]{1,64}$/;
const MOST_COUNTERS = 16;
export const KEEP_RULE = { leastMs: 60_000, mostMs: 400 * 86_400_000 } as const;
const WINDOW_RULE = { leastMs: 1_000, mostMs: KEEP_RULE.mostMs } as const;

/** @throws LockConfigError */
export function resolveQuota(name: string, options: QuotaOptions<string>): ResolvedQuota {
  const faults: string[] = [];
  const faultyName = nameFault(name, 'name');
  if (faultyName !== undefined) faults.push(faultyName);
  const given = options ?? {};
  for (const option of Object.keys(given)) if (!KNOWN.has(option)) faults.push(unknownOption(option, KNOWN));
  const keepMs = durationReader(given, faults)('keepFor', KEEP_RULE.mostMs, KEEP_RULE);
  const counters = readCounters(given.counters, faults);
  const long = counters.find(({ windowMs }) => windowMs > keepMs);
  if (long !== undefined)
    faults.push(`keepFor: ${keepMs} ms must not be shorter than resetEvery of ${show(long.name)}`);
  if (faults.length > 0) throw new LockConfigError(`Quota ${show(name)} cannot work`, faults);
  return { name, escapedName: identityOfKind('quota', name), counters, keepMs };
}

/** What is wrong with these options, in one sentence each; empty when nothing is. */
export function quotaFaults(name: string, options: QuotaOptions<string>): readonly string[] {
  return faultsIn(() => resolveQuota(name, options));
}

function readCounters(given: unknown, faults: string[]): ResolvedCounter[] {
  if (typeof given !== 'object' || given === null) {
    faults.push(`counters: ${show(given)} must be bounds by name, as { left: { initial: 1_000 } }`);
    return [];
  }
  const entries = Object.entries(given);
  if (entries.length === 0 || entries.length > MOST_COUNTERS)
    faults.push(`counters: ${entries.length} of them; there must be 1 to ${MOST_COUNTERS}`);
  return entries.map(([name, bounds]) => readCounter(name, bounds, faults));
}

function readCounter(name: string, given: unknown, faults: string[]): ResolvedCounter {
  const option = `counters.${name}`;
  if (!COUNTER_NAME.test(name))
    faults.push(`counters: ${show(name)} must be 1 to 64 letters, digits or any of _ . : -`);
  const bounds: CounterBounds = typeof given === 'object' && given !== null ? given : {};
  if (bounds !== given) faults.push(`${option}: ${show(given)} must be an object of bounds`);
  for (const known of Object.keys(bounds))
    if (!KNOWN_OF_COUNTER.has(known)) faults.push(`${option}.${unknownOption(known, KNOWN_OF_COUNTER)}`);
  const { least = 0, most = Number.MAX_SAFE_INTEGER + Math.min(0, least), initial = least } = bounds;
  for (const [what, value] of Object.entries({ least, most, initial }))
    if (!Number.isSafeInteger(value))
      faults.push(`${option}.${what}: ${show(value)} must be a whole number below 2^53`);
  if (least > initial || initial > most)
    faults.push(`${option}.initial: ${initial} must lie between least (${least}) and most (${most})`);
  if (!Number.isSafeInteger(most - least))
    faults.push(`${option}.most: ${most} must be less than 2^53 above least (${least})`);
  return { name, least, most, initial, windowMs: readWindow(option, bounds, faults) };
}

function readWindow(option: string, { resetEvery }: CounterBounds, faults: string[]): number {
  if (resetEvery === undefined) return 0;
  const read = checkDuration(resetEvery, { option: `${option}.resetEvery`, ...WINDOW_RULE });
  if (read.ok) return read.ms;
  faults.push(read.fault);
  return 0;
}
