/** Durations are read once, at the edge, by one strict guard; inside, they are numbers called `…Ms`. */
import ms from 'ms';
import { LockConfigError } from '../errors.js';

/**
 * A length of time: milliseconds as a number, or a number with a unit.
 *
 * @example `250`, `'250ms'`, `'30s'`, `'5m'`, `'2h'`, `'1d'`
 */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** The longest duration of an option that arms a timer: 24 days, just under what `setTimeout` can count. */
export const MAX_TIMER_MS = 24 * 24 * 60 * 60 * 1_000;

/** A dead holder blocks everybody for its ttl: a day at most. Shorter than 100 ms no renewal comes in time. */
export const TTL_RULE = { leastMs: 100, mostMs: 86_400_000 } as const;

/** What a particular option allows beyond being a duration. */
export interface DurationRule {
  /** The option's name, for the message. */
  readonly option: string;
  /** The least it may be, in ms; 1 unless told. */
  readonly leastMs?: number;
  /** The most it may be, in ms; {@link MAX_TIMER_MS} unless told. */
  readonly mostMs?: number;
  /** What sets that limit, for the message. */
  readonly mostIs?: string;
}

/** Either the milliseconds, or the sentence that says which option, which value and which rule. */
export type DurationCheck =
  { readonly ok: true; readonly ms: number } | { readonly ok: false; readonly fault: string };

const PATTERN = /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/;

/** Reads a duration against its rule without throwing, so that all faults of a configuration can be told together. */
export function checkDuration(value: unknown, rule: DurationRule): DurationCheck {
  const { option, leastMs = 1, mostMs = MAX_TIMER_MS, mostIs } = rule;
  const fault = (why: string): DurationCheck => ({ ok: false, fault: `${option}: ${show(value)} ${why}` });
  const read = toNumber(value);
  if (read === undefined) {
    return fault(
      "is not a duration; give milliseconds or a number with a unit: 250, '250ms', '30s', '5m', '2h', '1d'",
    );
  }
  if (!Number.isFinite(read)) return fault('must be finite');
  if (read < leastMs) return fault(leastMs === 0 ? 'must not be negative' : `must be at least ${leastMs} ms`);
  if (read > mostMs)
    return fault(`must be at most ${mostMs} ms (${ms(mostMs)})${mostIs === undefined ? '' : `, ${mostIs}`}`);
  return { ok: true, ms: Math.round(read) };
}

/** What an option is limited to. */
export type DurationLimits = Omit<DurationRule, 'option'>;

/** Reads the durations of `options` one by one; what is wrong is added to `faults`, and the fallback given instead. */
export function durationReader<Options extends object>(options: Options, faults: string[]) {
  return (option: keyof Options & string, fallbackMs: number, limits: DurationLimits = {}): number => {
    const value: unknown = options[option];
    if (value === undefined) return fallbackMs;
    const read = checkDuration(value, { option, ...limits });
    if (read.ok) return read.ms;
    faults.push(read.fault);
    return fallbackMs;
  };
}

/** A value as a message may show it: quoted, and cut where somebody passed a novel. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  if (typeof value === 'function') return 'a function';
  return String(value);
}

/** The sentence for an option that does not exist, with the ones that do. */
export function unknownOption(option: string, known: ReadonlySet<string>): string {
  return `${option}: unknown option; there are ${[...known].join(', ')}`;
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return isDurationText(value) ? ms(value) : undefined;
}

/** Stricter than `ms`: no sign, no space, no exponent, no long unit. */
function isDurationText(value: unknown): value is ms.StringValue {
  return typeof value === 'string' && value.length <= 32 && PATTERN.test(value);
}

/**
 * Reads a duration that arrives as configuration text, such as an environment variable.
 * @throws LockConfigError naming the option, the value and the rule
 */
export function parseDuration(text: string | number, optionName: string): number {
  const read = checkDuration(text, { option: optionName, leastMs: 0 });
  if (read.ok) return read.ms;
  throw new LockConfigError('Bad duration', [read.fault]);
}
