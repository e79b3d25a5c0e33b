/**
 * Three replicas with a job each second, loops that want one lock, and requests to one limiter, under one random fault after
 * the other, for as long as one likes. The journals of the fenced resource tell afterwards whether anything ran twice or was
 * written too late, and those who asked the limiter what passed.
 */
import type { Child } from '../../support/child.js';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy.js';
import { spawnJobTaker } from '../../support/job-taker.js';
import { machineMs } from '../../support/machine-clock.js';
import { numberIn } from '../../support/taker.js';
import type { Pass } from '../support/passes.js';
import { passed } from './scene.js';
import { LEDGER, PASSWORD, TTL_MS, WINDOW_MS, type Stage } from './stage.js';

const REPLICAS = 3;
const LOOPS = 3;
export const JOB = 'tick';
export const LOCK = 'crowded';
/** What may pass: evenly, and over a longer time. */
export const LIMITS = { perSecond: 20, burst: 5, perWindow: 60, windowMs: WINDOW_MS } as const;
const LIMITED = {
  name: 'api',
  limits: JSON.stringify([
    { limit: LIMITS.perSecond, per: '1s', burst: LIMITS.burst },
    { algorithm: 'sliding-window-log', limit: LIMITS.perWindow, per: LIMITS.windowMs },
  ]),
  everyMs: 40,
};
/** Between the end of a fault and the next one. */
const CALM_MS = 2_000;
const GRACE_MS = 500;

interface Replica {
  readonly proxy: FaultProxy;
  jobs: Child;
  locks: Child;
}

/** What was done, and when by the wall clock, which ticks are counted by. */
export interface Blow {
  readonly fault: string;
  readonly at: number;
  readonly losesData: boolean;
  /** From when to when, by the machine's clock. */
  readonly startedAt: number;
  readonly endedAt: number;
}

export class Chaos {
  readonly blows: Blow[] = [];
  readonly #stage: Stage;
  readonly #replicas: Replica[] = [];
  #started = 0;

  private constructor(stage: Stage) {
    this.#stage = stage;
  }

  static async start(stage: Stage): Promise<Chaos> {
    const chaos = new Chaos(stage);
    for (let at = 0; at < REPLICAS; at += 1) {
      const proxy = await startFaultProxy(stage.server.port);
      stage.defer(() => proxy.stop());
      const url = `redis://app:${PASSWORD}@127.0.0.1:${proxy.port}`;
      const locks = await stage.taker(`locks-${at}`, { url, execArgv: ['--expose-gc'] });
      const options = { ttl: TTL_MS, wait: 20_000 };
      for (let loop = 0; loop < LOOPS; loop += 1)
        locks.send({
          do: 'loop',
          id: `loop-${loop}`,
          name: LOCK,
          options,
          workMs: 20,
          quiet: true,
          resource: LOCK,
        });
      locks.send({ do: 'limit-loop', id: 'limited', ...LIMITED });
      chaos.#replicas.push({ proxy, locks, jobs: await chaos.#startJobs(url) });
    }
    return chaos;
  }

  /** Those that live, in the order of the replicas. */
  get processes(): readonly Child[] {
    return this.#replicas.flatMap(({ jobs, locks }) => [jobs, locks]);
  }

  /** What passed the limiter. */
  get passes(): readonly Pass[] {
    return this.#replicas
      .flatMap(({ locks }) => locks.messages.filter(({ event }) => event === 'passed'))
      .map((message) => ({
        sentAt: numberIn(message, 'sentAt'),
        answeredAt: numberIn(message, 'answeredAt'),
      }));
  }

  async rage(untilMs: number): Promise<void> {
    const faults = Object.entries(this.#faults);
    while (machineMs() < untilMs - CALM_MS) {
      const [fault, strike] = faults[Math.floor(Math.random() * faults.length)] ?? [];
      const victim = this.#replicas[Math.floor(Math.random() * REPLICAS)];
      if (fault === undefined || strike === undefined || victim === undefined) return;
      const [at, startedAt] = [Date.now(), machineMs()];
      await strike(victim);
      const losesData = ['F17', 'F19'].includes(fault);
      this.blows.push({ fault, at, losesData, startedAt, endedAt: machineMs() });
      await passed(CALM_MS);
    }
  }

  /** Everybody ends in good order; the lock-takers are the stage's to look at. */
  async end(): Promise<void> {
    for (const { locks } of this.#replicas)
      for (const id of ['limited', ...Array.from({ length: LOOPS }, (_, loop) => `loop-${loop}`)]) {
        locks.send({ do: 'finish', id });
        await locks.message({ event: 'finished', id }, 30_000);
      }
  }

  readonly #faults: Readonly<Record<string, (victim: Replica) => Promise<void>>> = {
    F01: async (victim) => {
      await this.#stage.kill(victim.jobs);
      victim.jobs = await this.#startJobs(victim.proxy.url.replace('redis://', `redis://app:${PASSWORD}@`));
    },
    F02: async ({ jobs, locks }) => {
      for (const child of [jobs, locks]) {
        this.#stage.standsStill(child);
        child.freeze();
      }
      await passed(2 * TTL_MS);
      for (const child of [jobs, locks]) child.thaw();
    },
    F05: async ({ proxy }) => {
      proxy.silence();
      await passed(2.5 * TTL_MS);
      await proxy.heal();
    },
    F06: async ({ proxy }) => {
      await proxy.refuse();
      await passed(2 * TTL_MS);
      await proxy.heal();
    },
    F17: () => this.#stage.server.restart({ empty: true }),
    F19: async () => void (await this.#stage.admin.flushall()),
  };

  async #startJobs(url: string): Promise<Child> {
    this.#started += 1;
    const body = { workMs: 20 };
    const job = {
      name: JOB,
      cron: '* * * * * *',
      ttl: TTL_MS,
      onCrash: 'record',
      history: { keep: 20 },
      body,
    } as const;
    const child = spawnJobTaker({
      url,
      namespace: this.#stage.namespace,
      replica: `jobs-${this.#started}`,
      attemptTimeout: TTL_MS / 2,
      shutdownGrace: GRACE_MS,
      ledgerUrl: this.#stage.resource.url,
      ledgerKey: LEDGER,
      execArgv: ['--expose-gc'],
      jobs: [job],
    });
    this.#stage.adopt(`jobs-${this.#started}`, child);
    await child.message({ event: 'ready' }, 30_000);
    return child;
  }
}
