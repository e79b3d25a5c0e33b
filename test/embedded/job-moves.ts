/** What people and processes do to jobs, at random: several definitions, processes, tokens and runs, and time that passes. */
import fc from 'fast-check';

/** A script is called. What depends on answers of before is chosen when it is known. */
export interface JobMove {
  readonly script: string;
  readonly job: string;
  /** Which of the grants of before it is about, counted from the latest; its words go in front of {@link args}. */
  readonly grant?: number;
  readonly args: readonly (string | number | Tick)[];
  /** Instead of the keys of the script. */
  readonly keys?: readonly string[];
}

/** So many seconds from the one that the clock shows, in milliseconds. */
export interface Tick {
  readonly second: number;
}

/** Somebody else does something to a key of a job. */
export interface Meddling {
  readonly job: string;
  readonly key: string;
  readonly command: readonly string[];
}

export type Move = JobMove | Meddling | { readonly elapseMs: number };

/** How long anything is kept. No sum of the times that pass comes near. */
const KEEP_MS = 155_500;
const FOREVER_MS = 34_560_000_000;

const job = fc.constantFrom('x', 'x', 'x', 'x', 'ü');
const token = fc.constantFrom('T1', 'T2', 'T3', 'T4', 'ü');
const ttl = fc.constantFrom(1_700, 4_700, 30_000);
const who = fc.constantFrom('A', 'A', 'B', 'ü', '');
const hash = fc.constantFrom(...Array.from({ length: 8 }, () => 'one'), 'two', 'three');
const grant = fc.constantFrom(0, 0, 0, 1, 1, 2, 5);
const version = fc.constantFrom('', '1.0');
const candidate = fc.tuple(token, ttl, who, version);

const policies = fc.record({
  overlap: fc.constantFrom('skip', 'queue-one', 'cancel-previous', 'allow'),
  missed: fc.constantFrom('skip', 'last', 'all'),
  latenessMs: fc.constantFrom(500, 2_500),
  catchUpMs: fc.constantFrom(0, 20_000),
  attempts: fc.constantFrom(1, 2, 3),
  keep: fc.constantFrom(0, 1, 3, 500),
});

const define = fc
  .record({
    job,
    hash,
    version: fc.constantFrom('', '', '1', '2'),
    text: fc.constantFrom('{"ü":1}', ''),
    schedule: fc.constantFrom('daily', 'daily', ''),
    policies,
  })
  .map(({ job, hash, version, text, schedule, policies: p }): JobMove => {
    const written = [p.overlap, p.missed, p.latenessMs, p.catchUpMs, p.attempts, p.keep, KEEP_MS];
    return { script: 'job/define', job, args: [hash, version, text, schedule, ...written] };
  });
const poll = fc
  .record({ job, hash, candidate })
  .map(({ job, hash, candidate }): JobMove => ({ script: 'job/poll', job, args: [hash, ...candidate] }));
const claim = fc
  .record({
    job,
    hash,
    candidate,
    second: fc.integer({ min: -3, max: 1 }),
    delayMs: fc.constantFrom(0, 0, 300),
  })
  .map(({ job, hash, candidate, second, delayMs }): JobMove => {
    const args = [{ second }, delayMs, { second: second + 1 }, hash, ...candidate];
    return { script: 'job/claim_tick', job, args };
  });
const finish = fc
  .record({
    job,
    grant,
    outcome: fc.constantFrom('ok', 'ok', 'failed', 'cancelled', 'unclaimed', 'abandoned'),
    error: fc.constantFrom('', 'no paper, ü'),
    candidate,
  })
  .map(({ job, grant, outcome, error, candidate }): JobMove => {
    return { script: 'job/finish', job, grant, args: [outcome, error, ...candidate] };
  });
const save = fc
  .record({
    job,
    grant,
    what: fc.constantFrom('checkpoint', 'progress'),
    value: fc.constantFrom('0.5 half', 'ü\0', ''),
  })
  .map(({ job, grant, what, value }): JobMove => ({ script: 'job/save', job, grant, args: [what, value] }));
const renew = fc
  .record({ job, grant, ttl })
  .map(({ job, grant, ttl }): JobMove => ({ script: 'job/renew', job, grant, args: [ttl] }));
const runNow = fc
  .record({ job, candidate })
  .map(({ job, candidate }): JobMove => ({ script: 'job/run_now', job, args: candidate }));
const pause = fc
  .record({ job, paused: fc.constantFrom(0, 1), keepMs: fc.constantFrom(KEEP_MS, FOREVER_MS) })
  .map(({ job, paused, keepMs }): JobMove => ({ script: 'job/pause', job, args: [paused, keepMs] }));
const inspect = job.map((job): JobMove => ({ script: 'job/inspect', job, args: [] }));
const before = fc.constantFrom('+', '+', '(5-0', '5', '(99999999999999', '(0-0', '-', 'x', '');
const most = fc.constantFrom(1, 2, 100, 0, -1, 'x');
const history = fc
  .record({ job, before, most })
  .map(({ job, before, most }): JobMove => ({ script: 'job/history', job, args: [before, most] }));
/** From an entry of one log on. The other one is left out, for which of two entries is the older is an accident of timing. */
const page = fc
  .record({
    job,
    before: fc.constantFrom('entry 1', 'entry 2', 'entry 3'),
    most,
    log: fc.constantFrom('history', 'skips'),
  })
  .map(({ job, before, most, log }): JobMove => {
    return { script: 'job/history', job, args: [before, most], keys: [log, 'nothing'] };
  });

/** The counter of fences stays: whether one is then above the last of before is not for these sequences to say. */
const meddling = fc
  .record({
    job,
    key: fc.constantFrom('job', 'ticks', 'running', 'runs', 'history', 'skips'),
    how: fc.constantFrom('DEL', 'DEL', 'SET'),
  })
  .map(({ job, key, how }): Meddling => ({ job, key, command: how === 'SET' ? [how, 'foreign'] : [how] }));

const elapse = fc
  .constantFrom(1_000, 1_000, 1_000, 3_000, 3_000, 20_000, 61_000)
  .map((elapseMs) => ({ elapseMs }));

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: define },
  { weight: 8, arbitrary: poll },
  { weight: 16, arbitrary: claim },
  { weight: 10, arbitrary: finish },
  { weight: 3, arbitrary: save },
  { weight: 3, arbitrary: renew },
  { weight: 4, arbitrary: runNow },
  { weight: 2, arbitrary: pause },
  { weight: 2, arbitrary: inspect },
  { weight: 2, arbitrary: history },
  { weight: 2, arbitrary: page },
  { weight: 1, arbitrary: meddling },
  { weight: 5, arbitrary: elapse },
);

/** A sequence, in which some process has the jobs from the beginning, as a rule. */
export const moves = fc
  .tuple(
    fc.array(define, { maxLength: 3, size: 'max' }),
    fc.array(move, { minLength: 10, maxLength: 60, size: 'max' }),
  )
  .map(([first, then]): Move[] => [...first, ...then]);
