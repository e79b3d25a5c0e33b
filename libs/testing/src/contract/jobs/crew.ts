/** Replicas that have the same job, what their bodies did, and what its history tells, the first tick first. */
import assert from 'node:assert/strict';
import type {
  Holdfast,
  JobBody,
  JobHistoryEntry,
  JobOptions,
  JobRun,
  JobService,
  RunNowOutcome,
} from '@holdfast/core';
import type { Scene } from '../scene.js';
import type { InstanceOptions, MortalHoldfast } from '../subject.js';
import type { RunEntry, SkipEntry } from './entries.js';

export const JOB = 'report';
/** With a lateness that a busy machine does not exceed, so that no tick is missed unless the test means it. */
export const EVERY_SECOND: Partial<JobOptions> = { cron: '* * * * * *', lateness: '5s' };
/** A schedule whose next tick no test sees. */
export const YEARLY = '0 0 1 7 *';
/** Polls come twice a second: what somebody did is known everywhere after so long. */
export const A_SECOND_MS = 1_000;

/** A body that began. */
export interface Begun {
  readonly run: JobRun;
  readonly replica: string;
}

export class Crew {
  readonly begun: Begun[] = [];
  readonly #scene: Scene;
  readonly #job: JobOptions;
  readonly #body: JobBody;
  #replicas: Holdfast[] = [];

  /** @param body what each replica does; nothing unless told */
  constructor(scene: Scene, job: Partial<JobOptions> = {}, body: JobBody = () => undefined) {
    this.#scene = scene;
    this.#job = { name: JOB, ttl: '20s', ...job };
    this.#body = body;
  }

  /** So many replicas more, one after the other; over when the server knows the job. */
  async hire(count: number): Promise<void> {
    for (let hired = 0; hired < count; hired += 1) await this.join({});
  }

  /** One more, which may define the job in another way. */
  async join({
    job,
    ...options
  }: Omit<InstanceOptions, 'jobs'> & { job?: Partial<JobOptions> }): Promise<Holdfast> {
    const holdfast = await this.#scene.instance({ replica: this.#nextName, ...options });
    await this.#starts(holdfast, job);
    return holdfast;
  }

  /** One more whose process may die. */
  async joinMortal(): Promise<MortalHoldfast> {
    const mortal = await this.#scene.mortal({ replica: this.#nextName });
    await this.#starts(mortal.holdfast);
    return mortal;
  }

  /** A process of the namespace that has no job and runs none. */
  async outsider(): Promise<JobService> {
    return (await this.#scene.instance({ replica: 'outsider', jobs: { enabled: false } })).jobs;
  }

  /** All replicas end. */
  async goHome(): Promise<void> {
    const leaving = this.#replicas;
    this.#replicas = [];
    await this.#scene.arrives(Promise.all(leaving.map((replica) => replica.close(0))));
  }

  get jobs(): JobService {
    const [first] = this.#replicas;
    assert.ok(first !== undefined, 'nobody was hired');
    return first.jobs;
  }

  runNow(jobs: JobService = this.jobs): Promise<RunNowOutcome> {
    return this.#scene.arrives(jobs.runNow(JOB));
  }

  /** Lets time pass until so many bodies began, and gives the last of these. */
  async begins(count: number, withinMs?: number): Promise<Begun> {
    await this.#scene.until(`${count} bodies began`, () => this.begun.length >= count, withinMs);
    const begun = this.begun[count - 1];
    assert.ok(begun !== undefined);
    return begun;
  }

  /** What became of ticks and runs so far. */
  async ends(jobs: JobService = this.jobs): Promise<readonly JobHistoryEntry[]> {
    const entries = await jobs.history(JOB, { most: 1_000 });
    return entries.toSorted((one, other) => one.scheduledAt - other.scheduledAt);
  }

  /** Lets time pass until so many runs are over, and gives the first ones. */
  async runs(count: number, withinMs?: number): Promise<readonly RunEntry[]> {
    let runs: readonly RunEntry[] = [];
    const enough = async (): Promise<boolean> => {
      runs = (await this.ends()).filter((entry) => entry.kind === 'run');
      return runs.length >= count;
    };
    await this.#scene.until(`${count} runs are over`, enough, withinMs);
    return runs.slice(0, count);
  }

  /** Lets time pass until so many ticks were skipped, and gives the first ones. */
  async skips(count: number): Promise<readonly SkipEntry[]> {
    let skips: readonly SkipEntry[] = [];
    await this.#scene.until(`${count} skips`, async () => {
      skips = (await this.ends()).filter((entry) => entry.kind === 'skip');
      return skips.length >= count;
    });
    return skips.slice(0, count);
  }

  get #nextName(): string {
    return `replica-${this.#replicas.length + 1}`;
  }

  async #starts(holdfast: Holdfast, job: Partial<JobOptions> = {}): Promise<void> {
    this.#replicas.push(holdfast);
    const { replica } = holdfast;
    holdfast.jobs.define({ ...this.#job, ...job }, (run) => {
      this.begun.push({ run, replica });
      return this.#body(run);
    });
    await this.#scene.until('the server knows the job', async () =>
      (await this.#scene.keys()).some((key) => key.endsWith(':job')),
    );
  }
}
