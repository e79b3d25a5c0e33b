/** Elections on a scripted store and a clock that stands still. */
import type { Leadership } from '../../../../libs/core/src/leader/leader-service.js';
import { LeaseLeaderService } from '../../../../libs/core/src/leader/lease-leader-service.js';
import type { PreferenceStore } from '../../../../libs/core/src/leader/preference-store.js';
import { ATTEMPT_MS, EngineBench } from './engine-bench.js';

/** Answers what a test tells it to, and remembers what it was asked for. */
export class ScriptedPreferences implements PreferenceStore {
  /** `claim 2000` and `inspect`, with the instant on the clock of the bench. */
  readonly asked: { readonly what: string; readonly at: number }[] = [];
  /** Whether a better one stands by. */
  better = false;
  /** Without it nothing is ever answered. */
  answers = true;
  /** Instead of an answer. */
  error: Error | undefined;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async claim(_identity: string, _processId: string, lastsMs: number): Promise<void> {
    await this.#answer(`claim ${lastsMs}`, undefined);
  }

  inspect(): Promise<boolean> {
    return this.#answer('inspect', this.better);
  }

  async #answer<T>(what: string, answer: T): Promise<T> {
    this.asked.push({ what, at: this.#now() });
    if (this.error !== undefined) throw this.error;
    return this.answers ? answer : new Promise<never>(() => undefined);
  }
}

export class ElectionBench extends EngineBench {
  readonly preferences = new ScriptedPreferences(() => this.clock.now());
  readonly leaders = new LeaseLeaderService({
    engine: this.engine,
    clock: this.clock,
    preferences: this.preferences,
    processId: 'bench'.padEnd(22, '-'),
    attemptTimeoutMs: ATTEMPT_MS,
    defaults: { ttlMs: 10_000 },
    publish: (details) => this.events.push(details()),
    log: (_level, message) => this.logged.push(message),
  });

  /** Grants what was asked for last, and lets everybody hear of it. */
  async elect(fence = 100): Promise<void> {
    this.store.last.grant(fence);
    await this.clock.settle();
  }

  /** Somebody else leads; the candidate of this process stands in line. */
  async standBy(): Promise<void> {
    this.store.last.taken({ joined: true });
    await this.clock.settle();
  }
}

/** What is told, in short: `leads 100`, `lost`. */
export const inShort = (now: Leadership): string => (now.leader ? `leads ${now.term}` : now.why);
