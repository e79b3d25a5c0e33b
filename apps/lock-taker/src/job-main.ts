/**
 * A process that has jobs, for tests that kill it, freeze it, cut its network or set its clock.
 *
 * `--jobs` is a list of jobs as JSON: options of `define`, and how the body behaves. The body tells `run`, works, saves
 * checkpoints, and tells `ran`. Commands on stdin: `pause`, `resume`, `runNow` with a `name`, `heap`, `close`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createHoldfast, type Json, type JobOptions, type JobRun } from '@holdfast/core';
import { FencedLedger } from './fenced-ledger.js';
import { collectedHeap } from './heap.js';
import { freezeSelf } from './stand-still.js';
import { failureOf, machineMs, readCommands, tell, tellFailure, type Command } from './wire.js';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'redis://127.0.0.1:6379' },
    namespace: { type: 'string', default: 'job-taker' },
    replica: { type: 'string', default: `jobs-${process.pid}` },
    attemptTimeout: { type: 'string', default: '1000' },
    shutdownGrace: { type: 'string', default: '10000' },
    jobs: { type: 'string', default: '[]' },
    /** The Redis of a fenced ledger, if each run is to be written down there. */
    ledgerUrl: { type: 'string' },
    ledgerKey: { type: 'string', default: 'ledger' },
    /** By how much the wall clock of this process is wrong. */
    skewMs: { type: 'string', default: '0' },
  },
});

/** How a body behaves. */
interface Behaviour {
  /** How long it works: in one piece, or for each step. */
  readonly workMs?: number;
  /** After each of them it saves how many it has done; it goes on from what was saved. */
  readonly steps?: number;
  /** The step in which it stops its own process, on the first attempt only. */
  readonly freezeAt?: number;
  /** How many tries of a run fail. */
  readonly failures?: number;
  /** It goes on although it was asked to stop. */
  readonly deaf?: boolean;
}

type JobOfTest = JobOptions & { readonly body?: Behaviour };

const skewMs = Number(options.skewMs);
const rightNow = Date.now.bind(Date);
Date.now = () => rightNow() + skewMs;

const holdfast = await createHoldfast({
  connection: options.url,
  namespace: options.namespace,
  replica: options.replica,
  attemptTimeout: Number(options.attemptTimeout),
  shutdownGrace: Number(options.shutdownGrace),
  preflight: 'off',
  log: (level, message) => tell('log', { level, message }),
});

const ledger =
  options.ledgerUrl === undefined
    ? undefined
    : new FencedLedger(options.ledgerUrl, { key: options.ledgerKey, writer: options.replica });

async function work(run: JobRun, behaviour: Behaviour): Promise<void> {
  const { workMs = 0, steps = 1, freezeAt, failures = 0, deaf = false } = behaviour;
  const about = { job: run.job, run: run.id, fence: run.fence, attempt: run.attempt, tries: run.tries };
  const from = stepsOf(run.checkpoint);
  tell('run', { ...about, scheduledAt: run.scheduledAt, from });
  // Under the tick, to see whether it ran twice, and at the end under the job, to see whether somebody newer was there.
  await ledger?.write(run.fence, machineMs(), `${run.job}@${run.id}`);
  for (let step = from; step < steps; step += 1) {
    await delay(workMs, undefined, deaf ? {} : { signal: run.signal });
    if (step === freezeAt && run.attempt === 1) {
      tell('freezing', about);
      freezeSelf();
      await tellWhatIsLeft(run, step);
    }
    if (steps > 1) await run.saveCheckpoint(step + 1);
    await run.progress((step + 1) / steps, `step ${step + 1}`);
  }
  if (run.tries <= failures) throw new Error(`failure number ${run.tries}`);
  await ledger?.write(run.fence, machineMs(), run.job);
  tell('ran', about);
}

/** What a run that was frozen can still do. */
async function tellWhatIsLeft(run: JobRun, step: number): Promise<void> {
  const { aborted } = run.signal;
  const saved = await run.saveCheckpoint(step + 1_000).then(() => true, failureOf);
  const progress = await run.progress(1, 'too late');
  tell('woke', { run: run.id, attempt: run.attempt, aborted, saved, progress });
}

function stepsOf(checkpoint: Json | undefined): number {
  return typeof checkpoint === 'number' ? checkpoint : 0;
}

function readJobs(text: string): readonly JobOfTest[] {
  const jobs: unknown = JSON.parse(text);
  if (!Array.isArray(jobs)) throw new Error('--jobs is no list');
  return jobs;
}

for (const { body = {}, ...job } of readJobs(options.jobs))
  holdfast.jobs.define(job, (run) => work(run, body));

async function obey(command: Command): Promise<void> {
  const name = String(command['name']);
  const { jobs } = holdfast;
  switch (command['do']) {
    case 'pause':
      return tell('paused', { name, changed: await jobs.pause(name) });
    case 'resume':
      return tell('resumed', { name, changed: await jobs.resume(name) });
    case 'runNow':
      return tell('asked', { name, ...(await jobs.runNow(name)) });
    case 'heap':
      return tell('heap', { bytes: await collectedHeap() });
    default:
      return leave('told to', typeof command['graceMs'] === 'number' ? command['graceMs'] : undefined);
  }
}

async function leave(why: string, graceMs?: number): Promise<void> {
  await holdfast.close(graceMs);
  await ledger?.close();
  tell('closed', { why });
  process.stdin.destroy();
}

process.once('SIGTERM', () => void leave('SIGTERM').catch(tellFailure));
readCommands(
  (command) => void obey(command).catch(tellFailure),
  () => void leave('stdin ended').catch(tellFailure),
);
tell('ready', { pid: process.pid, replica: options.replica, wallMs: Date.now() });
