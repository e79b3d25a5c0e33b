/** What the scripts of jobs leave in Redis: a job, runs under way, and what is written down about them. */
import { expect } from 'vitest';
import type { KeyEntry, Keyspace } from '../support/keyspace.js';
import { about, AHEAD, anna, ben, tokenOf } from './cast.js';
import type { LuaBench, Transition } from './lua-bench.js';

type Fields = Readonly<Record<string, string>>;
type Hash = Extract<KeyEntry, { type: 'hash' }>;

/** The one who asks, and the one who runs something already. */
export const mine = tokenOf(anna);
export const theirs = tokenOf(ben);

/** What a job keeps is kept for so long. */
export const KEPT_MS = 600_000;
export const DAY_MS = 86_400_000;

/** The fence that is issued behind {@link minted}, as it stands in records. */
export const FENCE = String(AHEAD + 1);

/** The arguments of whoever would run something, and of whoever would not. */
export const by = { token: mine, ttlMs: 30_000, who: 'anna', version: '2.0' } as const;

/** A claim by Anna, a minute before the next tick. */
export const claimOf = (tick: number, more: Readonly<Record<string, string | number>> = {}) =>
  ['job/claim_tick', { tick, delayMs: 0, nextTick: tick + 60_000, hash: 'own', ...by, ...more }] as const;
export const byNobody = { ...by, who: '' } as const;

const SLACK_MS = 1_000;

function isClock(offset: number): (actual: unknown) => boolean {
  return (actual) => {
    const late = Date.now() + offset - Number(actual);
    return actual !== '' && late >= -1 && late <= SLACK_MS;
  };
}

/** The server's clock in milliseconds, plus `offset`. */
export const clockMs = (offset = 0): number => expect.toSatisfy(isClock(offset), `the clock + ${offset}`);
export const clockMsText = (offset = 0): string => expect.toSatisfy(isClock(offset), `the clock + ${offset}`);

/** A hash, and how long it is kept. */
export const hashOf = (value: Fields, ttlMs = KEPT_MS): Hash => ({ type: 'hash', value, ttlMs });

/** The policies of a definition that holds. */
export const policies: Fields = {
  schedule: 'daily',
  overlap: 'skip',
  missed: 'skip',
  latenessMs: '5000',
  catchUpMs: '0',
  attempts: '1',
  keep: '3',
  keepMs: String(KEPT_MS),
};

/** A job with a definition called `own`, or with whatever else is said about it. */
export const jobOf = (fields: Fields = {}): { readonly job: Hash } => ({
  job: hashOf({ hash: 'own', definition: 'text of own', ...policies, floor: '1000', ...fields }),
});

/** What is said of a run under way: it is Ben's first attempt and has another ten seconds. */
export interface UnderWay {
  readonly leftMs?: number;
  readonly fields?: Fields;
  /** Its fields are gone. */
  readonly unknown?: boolean;
}

const FIRST_ATTEMPT: Fields = {
  token: theirs,
  fence: '7',
  attempt: '1',
  startedAt: '1500',
  who: 'ben',
  version: '1.0',
};

/** The fields of a run. */
export function recordOf(run: string, fields: Fields = {}): Fields {
  const record = { tick: run, ...FIRST_ATTEMPT, ...fields };
  return Object.fromEntries(Object.entries(record).map(([what, value]) => [`${run}/${what}`, value]));
}

/** Runs under way, by their names. */
export function underWay(runs: Readonly<Record<string, UnderWay>>): Keyspace {
  const ends: Record<string, number> = {};
  let records: Fields = {};
  for (const [run, { leftMs = 10_000, fields = {}, unknown = false }] of Object.entries(runs)) {
    ends[run] = Date.now() + leftMs;
    if (!unknown) records = { ...records, ...recordOf(run, fields) };
  }
  const running: Keyspace = { running: { type: 'zset', value: ends, ttlMs: KEPT_MS } };
  return Object.keys(records).length === 0 ? running : { ...running, runs: hashOf(records) };
}

/** A run that was just begun or armed again, alone in Redis. */
export function startedRun(run: string, fields: Fields = {}): Keyspace {
  const begun = {
    token: mine,
    fence: FENCE,
    attempt: '1',
    startedAt: clockMsText(),
    who: 'anna',
    version: '2.0',
  };
  return {
    running: { type: 'zset', value: { [run]: clockMs(30_000) }, ttlMs: about(KEPT_MS) },
    runs: hashOf(recordOf(run, { ...begun, ...fields }), about(KEPT_MS)),
  };
}

/** A counter ahead of the clock, and what is left of it when one fence was issued. */
export const minted: Keyspace = { minted: { type: 'string', value: String(AHEAD) } };
export const mintedOnce: Keyspace = {
  minted: { type: 'string', value: String(AHEAD + 16), ttlMs: about(DAY_MS) },
};

/** What the history says of a run of Ben's. */
export const ended = (run: string, outcome: string, fields: Fields = {}): Fields => ({
  run,
  outcome,
  tick: run,
  startedAt: '1500',
  endedAt: clockMsText(),
  fence: '7',
  attempt: '1',
  who: 'ben',
  version: '1.0',
  error: '',
  progress: '',
  ...fields,
});

/** What is written down of a tick that did not become a run. */
export const skipped = (run: string, reason: string, who = 'anna'): Fields => ({
  run,
  reason,
  tick: run,
  who,
});

/** A log, and how long it is kept. */
export const logOf = (value: readonly Fields[], ttlMs = about(KEPT_MS)): KeyEntry => ({
  type: 'stream',
  value,
  ttlMs,
});

/** Claimed ticks. */
export const ticksOf = (ticks: readonly number[], ttlMs = KEPT_MS): Keyspace => ({
  ticks: { type: 'zset', value: Object.fromEntries(ticks.map((tick) => [String(tick), tick])), ttlMs },
});

/** The same keyspace a moment later. */
export function still(given: Keyspace): Keyspace {
  const aged = Object.entries(given).map(([key, entry]) => {
    const { ttlMs } = entry;
    return [key, ttlMs === undefined ? entry : { ...entry, ttlMs: about(ttlMs) }] as const;
  });
  return Object.fromEntries(aged);
}

/** Runs a script on a keyspace. It leaves no key without an end; and nothing of a job is told on channels. */
export async function play(
  bench: LuaBench,
  transition: Transition,
): Promise<{ reply: unknown; after: Keyspace }> {
  const { reply, after } = await bench.transition(transition);
  const endless = Object.keys(after).filter((key) => after[key]?.ttlMs === undefined);
  expect(
    endless.filter((key) => transition.given?.[key]?.ttlMs !== undefined || !transition.given?.[key]),
  ).toEqual([]);
  return { reply, after };
}
