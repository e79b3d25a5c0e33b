/** Checks what was said about a job, and fills in what was not. */
import { LockConfigError } from '../errors.js';
import { escapePart, nameFault } from '../lease/lease-name.js';
import { durationReader, show, TTL_RULE, unknownOption } from '../time/duration.js';
import {
  hold,
  isCrashPolicy,
  isMissedPolicy,
  isOverlapPolicy,
  type HeldDefinition,
  type JobDefinition,
} from './job-definition.js';
import type { JobHistoryOptions, JobOptions, JobRetry } from './job-options.js';
import { compileSchedule, DEFAULT_TIME_ZONE, scheduleFaults } from './schedule/compile-schedule.js';

const KNOWN: ReadonlySet<string> = new Set([
  'name',
  'cron',
  'timeZone',
  'overlap',
  'missed',
  'lateness',
  'catchUp',
  'onCrash',
  'attempts',
  'timeout',
  'overdueAfter',
  'retry',
  'jitter',
  'ttl',
  'version',
  'history',
  'describeError',
] satisfies (keyof JobOptions)[]);
const KNOWN_RETRY: ReadonlySet<string> = new Set(['tries', 'backoff'] satisfies (keyof JobRetry)[]);
const KNOWN_HISTORY: ReadonlySet<string> = new Set(['keep', 'keepFor'] satisfies (keyof JobHistoryOptions)[]);

const MOST_LATENESS_MS = 10_000;
const LEAST_OVERDUE_MS = 60_000;
/** So many ticks are looked at for the shortest period. */
const LOOKED_AT = 64;
const DAY_MS = 24 * 60 * 60 * 1_000;
const FROM_NOTHING = { leastMs: 0 } as const;
/** Nothing but numbers in Redis, and what is compared with a clock: longer than any timer is allowed. */
const KEEP_RULE = { leastMs: 60_000, mostMs: 3_650 * DAY_MS } as const;
const OVERDUE_RULE = { leastMs: 1, mostMs: 3_650 * DAY_MS } as const;

/** A job as this process has it. */
export interface ResolvedJob {
  readonly name: string;
  /** What its keys and runs are called by. */
  readonly escapedName: string;
  readonly version: number | undefined;
  readonly describeError: (error: unknown) => string;
  readonly own: HeldDefinition;
}

/** @throws LockConfigError that lists every fault */
export function resolveJob(options: JobOptions): ResolvedJob {
  const faults: string[] = [];
  const duration = durationReader(options, faults);
  const nested = { retry: options.retry ?? {}, history: options.history ?? {} };
  const ofRetry = durationReader(nested.retry, faults);
  const ofHistory = durationReader(nested.history, faults);
  const { cron, timeZone = DEFAULT_TIME_ZONE } = options;
  faults.push(...plainFaults(options));
  if (cron !== undefined) faults.push(...scheduleFaults(cron, timeZone));
  const is: Omit<JobDefinition, 'latenessMs' | 'overdueAfterMs'> = {
    cron,
    timeZone,
    overlap: options.overlap ?? 'skip',
    missed: options.missed ?? 'skip',
    catchUpMs: duration('catchUp', 3_600_000, { leastMs: 0, mostMs: 7 * DAY_MS }),
    onCrash: options.onCrash ?? 'record',
    attempts: options.attempts ?? 3,
    timeoutMs: options.timeout === undefined ? undefined : duration('timeout', 0),
    tries: nested.retry.tries ?? 1,
    backoffMs: ofRetry('backoff', 1_000, FROM_NOTHING),
    jitterMs: duration('jitter', 0, FROM_NOTHING),
    ttlMs: duration('ttl', 30_000, TTL_RULE),
    keep: nested.history.keep ?? 500,
    keepMs: ofHistory('keepFor', 30 * DAY_MS, KEEP_RULE),
  };
  const periodMs = faults.length > 0 ? Infinity : shortestPeriod(cron, timeZone);
  const allowed = allowedTimes(options, periodMs, duration);
  faults.push(...jitterFaults(is.jitterMs, periodMs));
  if (faults.length > 0) throw new LockConfigError(`Job ${show(options.name)} cannot work`, faults);
  return {
    name: options.name,
    escapedName: escapePart(options.name),
    version: options.version,
    describeError: options.describeError ?? messageOf,
    own: hold({ ...is, ...allowed }),
  };
}

/**
 * What depends on the shortest period unless it is said: how late a tick may be, and when it should have ended. A run that is
 * not over when the next one comes has taken too long; where that is soon, trouble gets a minute.
 */
function allowedTimes(
  { lateness, overdueAfter }: JobOptions,
  periodMs: number,
  duration: ReturnType<typeof durationReader<JobOptions>>,
): Pick<JobDefinition, 'latenessMs' | 'overdueAfterMs'> {
  const periodOrMinuteMs = Number.isFinite(periodMs)
    ? Math.max(LEAST_OVERDUE_MS, periodMs)
    : LEAST_OVERDUE_MS;
  const [latenessMs, overdueAfterMs] = [
    duration('lateness', 0, { leastMs: 0, mostMs: DAY_MS }),
    duration('overdueAfter', 0, OVERDUE_RULE),
  ];
  return {
    latenessMs: lateness === undefined ? Math.min(MOST_LATENESS_MS, Math.floor(periodMs / 2)) : latenessMs,
    overdueAfterMs: overdueAfter === undefined ? periodOrMinuteMs : overdueAfterMs,
  };
}

/** With more, a tick could come before the one in front of it. */
function jitterFaults(jitterMs: number, periodMs: number): readonly string[] {
  if (jitterMs <= periodMs / 2) return [];
  return [`jitter: ${jitterMs} ms must not be longer than half of the shortest period, ${periodMs} ms`];
}

/** Among some ticks behind a fixed day: every process has to come to the same. */
function shortestPeriod(cron: string | undefined, timeZone: string): number {
  if (cron === undefined) return Infinity;
  const schedule = compileSchedule(cron, { timeZone });
  let shortestMs = Infinity;
  let tick = schedule.next(Date.UTC(2026, 0, 1));
  for (let count = 0; count < LOOKED_AT && tick !== undefined; count += 1) {
    const next = schedule.next(tick);
    if (next !== undefined) shortestMs = Math.min(shortestMs, next - tick);
    tick = next;
  }
  return shortestMs;
}

function plainFaults(options: JobOptions): string[] {
  const { overlap, missed, onCrash, attempts, version, retry, history } = options;
  const unknown = [
    ...unknownIn(options, KNOWN, ''),
    ...unknownIn(retry ?? {}, KNOWN_RETRY, 'retry.'),
    ...unknownIn(history ?? {}, KNOWN_HISTORY, 'history.'),
  ];
  const faults = [
    nameFault(options.name, 'name'),
    overlap === undefined || isOverlapPolicy(overlap)
      ? undefined
      : `overlap: ${show(overlap)} must be 'skip', 'queue-one', 'cancel-previous' or 'allow'`,
    missed === undefined || isMissedPolicy(missed)
      ? undefined
      : `missed: ${show(missed)} must be 'skip', 'last' or 'all'`,
    onCrash === undefined || isCrashPolicy(onCrash)
      ? undefined
      : `onCrash: ${show(onCrash)} must be 'record' or 'rerun'`,
    countFault('attempts', attempts, 1_000),
    countFault('retry.tries', retry?.tries, 1_000),
    countFault('history.keep', history?.keep, 1_000_000),
    countFault('version', version, Number.MAX_SAFE_INTEGER),
    options.describeError === undefined || typeof options.describeError === 'function'
      ? undefined
      : `describeError: ${show(options.describeError)} must be a function`,
  ];
  return [...unknown, ...faults.filter((fault) => fault !== undefined)];
}

function unknownIn(options: object, known: ReadonlySet<string>, before: string): string[] {
  const strange = Object.keys(options).filter((option) => !known.has(option));
  return strange.map((option) => `${before}${unknownOption(option, known)}`);
}

function countFault(option: string, value: unknown, most: number): string | undefined {
  if (value === undefined) return undefined;
  const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= most;
  return fits ? undefined : `${option}: ${show(value)} must be a whole number from 1 to ${most}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
