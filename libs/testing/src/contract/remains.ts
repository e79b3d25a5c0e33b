/** What may be left when everything of a test is closed. Each contract says it for itself, key by key. */

/** A key that is left, and how long it will be there; `undefined` is for ever. */
export interface LeftKey {
  readonly key: string;
  readonly remainingMs: number | undefined;
}

/** Whether the key may be left, by what it is and by when it ends. */
export type MayStay = (left: LeftKey) => boolean;

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Unless told by `history.keepFor`. */
const KEPT_MS = 30 * DAY_MS;

/** By the last word of their names, how long at most they are there when nothing happens any more. */
const OF_LOCKS: Readonly<Record<string, number>> = { fence: DAY_MS };
const OF_JOBS: Readonly<Record<string, number>> = {
  // That a job is paused is remembered for longer.
  job: 400 * DAY_MS,
  ticks: KEPT_MS,
  running: KEPT_MS,
  runs: KEPT_MS,
  minted: DAY_MS,
  history: KEPT_MS,
  skips: KEPT_MS,
};

function within(longest: Readonly<Record<string, number>>): MayStay {
  return ({ key, remainingMs }) => {
    const mostMs = longest[key.slice(key.lastIndexOf(':') + 1)];
    return mostMs !== undefined && remainingMs !== undefined && remainingMs <= mostMs;
  };
}

const OF_QUOTAS: Readonly<Record<string, number>> = {
  counters: 400 * DAY_MS,
  reserved: 400 * DAY_MS,
  amounts: 400 * DAY_MS,
  settled: 400 * DAY_MS,
};

/** Nothing but fence counters, for a day: a lock that is held, a queue, a mark or a card of a process is a leak. */
export const remainsOfLocks = within(OF_LOCKS);

/** What is known of jobs outlives their processes, which is what it is for; each key of it has its bound. */
export const remainsOfJobs = within({ ...OF_LOCKS, ...OF_JOBS });

/** What was counted stays for as long as it matters, which is two windows at most; its key ends with what the limit is. */
export const remainsOfLimiters: MayStay = (left) =>
  left.key.includes(':limit:') ? (left.remainingMs ?? Infinity) <= 800 * DAY_MS : remainsOfLocks(left);

/** Accounts are there to stay. */
export const remainsOfQuotas = within({ ...OF_LOCKS, ...OF_QUOTAS });

/** What came of it is there to be remembered. */
export const remainsOfOnce = within({ ...OF_LOCKS, outcome: 400 * DAY_MS });

/** Who has arrived; a process that waited is believed to for a little longer. */
export const remainsOfLatches = within({ ...OF_LOCKS, arrived: DAY_MS, passed: DAY_MS, waiting: 2_500 });
