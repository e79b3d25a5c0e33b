/** Who plays in the specs of the scripts, what they leave in Redis, and matchers for what the clock decides. */

/** A token starts with the 22 characters of its process. */
export const processId = (name: string): string => name.padEnd(22, '-');

export const anna = processId('anna');
export const ben = processId('ben');
export const cleo = processId('cleo');
export const dora = processId('dora');

export const tokenOf = (process: string, count = 1): string => `${process}${count}`;

/** A fence far ahead of the clock, so that what is minted behind it is known to the digit. */
export const AHEAD = 8_000_000_000_000_000;

/** A waiter's entry with a heartbeat that runs out in `leftMs`. */
export const beating = (grantMs: number, leftMs = 2_400): string => `${Date.now() + leftMs} ${grantMs}`;

/** A waiter's entry whose heartbeat ran out a moment ago. */
export const silent = (grantMs = 2_000): string => `${Date.now() - 1} ${grantMs}`;

interface Matcher<T> {
  asymmetricMatch(actual: unknown): boolean;
  toAsymmetricMatcher(): string;
  readonly stands?: T;
}

/** The types say "a T" because that is what stands there; how it compares is vitest's business. */
function matcher<T>(what: string, matches: (actual: unknown) => boolean): T {
  const made: Matcher<T> = { asymmetricMatch: matches, toAsymmetricMatcher: () => what };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an asymmetric matcher stands in for a value
  return made as unknown as T;
}

const SLACK_MS = 1_000;

const isBetween = (actual: unknown, from: number, to: number): boolean => {
  const value = typeof actual === 'string' && actual !== '' ? Number(actual) : actual;
  return typeof value === 'number' && value >= from && value <= to;
};

/** A rest of `ms` that has been running for a moment. */
export const about = (ms: number): number =>
  matcher(`about ${ms}`, (actual) => isBetween(actual, ms - SLACK_MS, ms));

/** The server's clock in microseconds, plus `offset`; a number or a text. */
function nowMicros(offset: number): (actual: unknown) => boolean {
  return (actual) =>
    isBetween(actual, (Date.now() - SLACK_MS) * 1_000 + offset, (Date.now() + 1) * 1_000 + offset);
}

export const clockMicros = (offset = 0): number => matcher(`the clock + ${offset}`, nowMicros(offset));
export const clockText = (offset = 0): string => matcher(`the clock + ${offset}`, nowMicros(offset));

/** A heartbeat that was set a moment ago. */
export const freshBeat = (grantMs: number): string =>
  matcher(`alive for 2500 ms, grants of ${grantMs} ms`, (actual) => {
    const [until, grant, ...rest] = String(actual).split(' ');
    return (
      rest.length === 0 &&
      grant === String(grantMs) &&
      isBetween(until, Date.now() + 2_500 - SLACK_MS, Date.now() + 2_501)
    );
  });
