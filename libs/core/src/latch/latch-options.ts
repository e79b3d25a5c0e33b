/** Options of latches and barriers, checked as a whole: one error lists every fault. */
import { LockConfigError } from '../errors.js';
import { callFaults } from '../guarded/guard-terms.js';
import { identityOfKind, nameFault } from '../lease/lease-name.js';
import { durationReader, show, unknownOption } from '../time/duration.js';
import type { LatchOptions, LatchWaitOptions } from './latch-service.js';

/** A latch or a barrier, checked. */
export interface ResolvedLatch {
  readonly name: string;
  readonly escapedName: string;
  readonly parties: number;
  readonly keptMs: number;
}

const KNOWN: ReadonlySet<string> = new Set(['of', 'keepFor'] satisfies (keyof LatchOptions)[]);
const KNOWN_OF_WAITS: ReadonlySet<string> = new Set([
  'key',
  'wait',
  'signal',
] satisfies (keyof LatchWaitOptions)[]);
const KEEP_RULE = { leastMs: 1_000, mostMs: 400 * 86_400_000 } as const;
const MOST = 100_000;

/** @throws LockConfigError */
export function resolveLatch(kind: 'Latch' | 'Barrier', name: string, options: LatchOptions): ResolvedLatch {
  const given: Partial<LatchOptions> = options ?? {};
  const faults = Object.keys(given)
    .filter((option) => !KNOWN.has(option))
    .map((option) => unknownOption(option, KNOWN));
  const faultyName = nameFault(name, 'name');
  if (faultyName !== undefined) faults.push(faultyName);
  const { of: parties = 0 } = given;
  if (!Number.isInteger(parties) || parties < 1 || parties > MOST)
    faults.push(`of: ${show(given.of)} must be an integer from 1 to ${MOST}`);
  const keptMs = durationReader(given, faults)('keepFor', 86_400_000, KEEP_RULE);
  if (faults.length > 0) throw new LockConfigError(`${kind} ${show(name)} cannot work`, faults);
  return { name, escapedName: identityOfKind(kind.toLowerCase(), name), parties, keptMs };
}

/** How long a wait is. @throws LockConfigError */
export function resolveWait(name: string, options: LatchWaitOptions, fallbackMs: number): number {
  const faults = Object.keys(options)
    .filter((option) => !KNOWN_OF_WAITS.has(option))
    .map((option) => unknownOption(option, KNOWN_OF_WAITS));
  faults.push(...callFaults(options.key, options.signal));
  const read = durationReader(options, faults);
  const waitMs = options.wait === 'forever' ? Infinity : read('wait', fallbackMs, { leastMs: 0 });
  if (faults.length > 0) throw new LockConfigError(`Waiting for ${show(name)} is not possible`, faults);
  return waitMs;
}

/** What a part is called. @throws LockConfigError */
export function partOf(name: string, part: unknown): string {
  const text = typeof part === 'number' && Number.isFinite(part) ? String(part) : part;
  const fault = nameFault(text, 'part');
  if (fault !== undefined || typeof text !== 'string')
    throw new LockConfigError(`Nothing arrives at ${show(name)}`, [
      fault ?? `part: ${show(part)} must be a text`,
    ]);
  return text;
}
