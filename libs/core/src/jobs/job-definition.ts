/**
 * What a job is, checked and written down: processes that disagree about it go by the definition that holds, which they
 * read here from its text. The hash names a definition; it has nothing in it that differs between equal processes.
 */
import { createHash } from 'node:crypto';
import type { StoredPolicies } from './job-store.js';
import type { CrashPolicy, MissedPolicy, OverlapPolicy } from './job-options.js';
import { compileSchedule, type CompiledSchedule } from './schedule/compile-schedule.js';
import { scheduleIdentity } from './schedule/schedule-identity.js';

/** Everything about a job that processes have to agree on. */
export interface JobDefinition {
  readonly cron: string | undefined;
  readonly timeZone: string;
  readonly overlap: OverlapPolicy;
  readonly missed: MissedPolicy;
  readonly latenessMs: number;
  readonly catchUpMs: number;
  readonly onCrash: CrashPolicy;
  readonly attempts: number;
  readonly timeoutMs: number | undefined;
  readonly overdueAfterMs: number;
  readonly tries: number;
  readonly backoffMs: number;
  readonly jitterMs: number;
  readonly ttlMs: number;
  readonly keep: number;
  readonly keepMs: number;
}

/** A definition that ticks are computed by. */
export interface HeldDefinition {
  readonly hash: string;
  readonly text: string;
  readonly is: JobDefinition;
  /** What its ticks are computed from; empty without a schedule. */
  readonly scheduleText: string;
  /** Nothing for a job that runs only when asked for. */
  readonly schedule: CompiledSchedule | undefined;
}

const HASH_LENGTH = 22;

/** Writes a checked definition down. @throws LockConfigError when its expression or zone is wrong */
export function hold(is: JobDefinition): HeldDefinition {
  return heldAs(JSON.stringify(is), is);
}

/**
 * Reads a definition that another process wrote.
 * @returns nothing when it is of a kind that this version does not know, or names a zone that this machine does not
 */
export function heldFrom(text: string): HeldDefinition | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return isDefinition(read) ? heldAs(text, read) : undefined;
  } catch {
    return undefined;
  }
}

/** What the scripts of the server have to know of it. */
export function policiesOf(is: JobDefinition): StoredPolicies {
  const { overlap, missed, latenessMs, catchUpMs, keep, keepMs } = is;
  const attempts = is.onCrash === 'rerun' ? is.attempts : 1;
  return { overlap, missed, latenessMs, catchUpMs, attempts, keep, keepMs };
}

function heldAs(text: string, is: JobDefinition): HeldDefinition {
  const { cron, timeZone } = is;
  const schedule = cron === undefined ? undefined : compileSchedule(cron, { timeZone });
  const scheduleText = cron === undefined ? '' : JSON.stringify(scheduleIdentity(cron, timeZone));
  const hash = createHash('sha256').update(`${text}\n${scheduleText}`).digest('base64url');
  return { hash: hash.slice(0, HASH_LENGTH), text, is, scheduleText, schedule };
}

const OVERLAP: ReadonlySet<unknown> = new Set<OverlapPolicy>([
  'skip',
  'queue-one',
  'cancel-previous',
  'allow',
]);
const MISSED: ReadonlySet<unknown> = new Set<MissedPolicy>(['skip', 'last', 'all']);
const ON_CRASH: ReadonlySet<unknown> = new Set<CrashPolicy>(['record', 'rerun']);

export function isOverlapPolicy(value: unknown): value is OverlapPolicy {
  return OVERLAP.has(value);
}

export function isMissedPolicy(value: unknown): value is MissedPolicy {
  return MISSED.has(value);
}

export function isCrashPolicy(value: unknown): value is CrashPolicy {
  return ON_CRASH.has(value);
}

const NUMBERS = [
  'latenessMs',
  'catchUpMs',
  'attempts',
  'tries',
  'backoffMs',
  'overdueAfterMs',
  'jitterMs',
  'ttlMs',
  'keep',
  'keepMs',
] as const satisfies (keyof JobDefinition)[];

function isDefinition(value: unknown): value is JobDefinition {
  if (typeof value !== 'object' || value === null) return false;
  const of: Partial<Record<keyof JobDefinition, unknown>> = value;
  const { cron, timeZone, timeoutMs } = of;
  const policies = isOverlapPolicy(of.overlap) && isMissedPolicy(of.missed) && isCrashPolicy(of.onCrash);
  const texts = (cron === undefined || typeof cron === 'string') && typeof timeZone === 'string';
  const numbers = NUMBERS.every((name) => typeof of[name] === 'number');
  return policies && texts && numbers && (timeoutMs === undefined || typeof timeoutMs === 'number');
}
