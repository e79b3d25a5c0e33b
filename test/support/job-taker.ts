/** Processes that have jobs, and what their history says, for tests that kill them, freeze them or set their clocks. */
import type { JobHistoryEntry, JobOptions, JobService } from '@holdfast/core';
import { onTestFinished } from 'vitest';
import type { Child } from './child.js';
import { startLockTaker } from './lock-taker.js';
import { wrongClock } from './wrong-clock.js';

/** More than any test makes. */
const ALL = 1_000;

/** How the body of a job behaves; see `apps/lock-taker/src/job-main.ts`. */
export interface JobBehaviour {
  readonly workMs?: number;
  readonly steps?: number;
  readonly freezeAt?: number;
  readonly failures?: number;
  readonly deaf?: boolean;
}

export type TestJob = JobOptions & { readonly body?: JobBehaviour };

export interface JobTakerOptions {
  readonly url: string;
  readonly namespace: string;
  readonly jobs: readonly TestJob[];
  readonly replica?: string;
  /** By how much its wall clock is ahead. */
  readonly skewMs?: number;
  readonly attemptTimeout?: number;
  readonly shutdownGrace?: number;
  readonly ledgerUrl?: string;
  readonly ledgerKey?: string;
  readonly execArgv?: readonly string[];
}

/** Starts one that belongs to the caller. */
export function spawnJobTaker(options: JobTakerOptions): Child {
  const { jobs, skewMs = 0, execArgv = [], ...further } = options;
  const clock = wrongClock(skewMs);
  const args = Object.entries(further).map(([name, value]) => `--${name}=${value}`);
  return startLockTaker('job-main', {
    args: [...args, ...clock.args, `--jobs=${JSON.stringify(jobs)}`],
    env: clock.env,
    execArgv,
  });
}

/** Starts one and waits until it has defined its jobs; it is killed when the test is over, if it still runs then. */
export async function startJobTaker(options: JobTakerOptions): Promise<Child> {
  const child = spawnJobTaker(options);
  onTestFinished(async () => {
    await child.kill('SIGKILL');
  });
  await child.message({ event: 'ready' }, 15_000);
  return child;
}

export type RunEntry = Extract<JobHistoryEntry, { kind: 'run' }>;
export type SkipEntry = Extract<JobHistoryEntry, { kind: 'skip' }>;

/** The runs of a job that are over, the first one first. */
export async function runsOf(jobs: JobService, name: string): Promise<readonly RunEntry[]> {
  const entries = await jobs.history(name, { most: ALL });
  return entries.filter((entry) => entry.kind === 'run').toReversed();
}

/** The ticks of a job that did not become runs, the first one first. */
export async function skipsOf(jobs: JobService, name: string): Promise<readonly SkipEntry[]> {
  const entries = await jobs.history(name, { most: ALL });
  return entries.filter((entry) => entry.kind === 'skip').toReversed();
}

/** Runs by what they are runs of. */
export function byRun(runs: readonly RunEntry[]): ReadonlyMap<string, readonly RunEntry[]> {
  const found = new Map<string, RunEntry[]>();
  for (const run of runs) found.set(run.run, [...(found.get(run.run) ?? []), run]);
  return found;
}

/** Every tick of `periodMs` from the first to the last of these, as runs are called. */
export function ticksOf(runs: readonly RunEntry[], periodMs: number): readonly string[] {
  const ticks = runs.map(({ scheduledAt }) => scheduledAt);
  const [first, last] = [Math.min(...ticks), Math.max(...ticks)];
  return Array.from({ length: Math.round((last - first) / periodMs) + 1 }, (_, at) =>
    String(first + at * periodMs),
  );
}
