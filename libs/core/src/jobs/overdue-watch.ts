/**
 * Whether a tick of a job should have ended well by now. The server knows up to when all is accounted for; the next tick of
 * the schedule is the one to wait for. Asked with every look at the server, also when it did not answer: a job that nobody
 * can claim is overdue, too.
 */
import type { PublishJobEvent } from '../job-events.js';
import type { HeldDefinition } from './job-definition.js';
import type { ServerTime } from './server-time.js';

/** What the watch works with. */
export interface OverdueParts {
  readonly time: ServerTime;
  readonly log: (level: 'log' | 'warn' | 'error', message: string) => void;
  readonly publish: PublishJobEvent;
}

interface Awaited {
  readonly tick: number;
  readonly expectedBy: number;
}

export class OverdueWatch {
  readonly #job: string;
  readonly #parts: OverdueParts;
  #held: HeldDefinition | undefined;
  #accountedMs: number | undefined;
  #awaited: Awaited | undefined;
  #since: number | undefined;

  constructor(job: string, parts: OverdueParts) {
    this.#job = job;
    this.#parts = parts;
  }

  /** When the tick was due that is overdue; nothing while none is. */
  get since(): number | undefined {
    return this.#since;
  }

  /** Waits for the first tick behind what is accounted for. */
  expect(held: HeldDefinition, accountedMs: number): void {
    if (held === this.#held && accountedMs === this.#accountedMs) return;
    this.#held = held;
    this.#accountedMs = accountedMs;
    const tick = held.schedule?.next(accountedMs);
    const { jitterMs, overdueAfterMs } = held.is;
    this.#awaited = tick === undefined ? undefined : { tick, expectedBy: tick + jitterMs + overdueAfterMs };
  }

  /** Waits for nothing, until it is told to: paused, or not to be read here. */
  rest(): void {
    this.#held = undefined;
    this.#awaited = undefined;
  }

  /** Tells once when the job becomes overdue, and once when it is not any more. */
  look(): void {
    const now = this.#parts.time.now();
    if (now === undefined) return;
    const late = this.#awaited !== undefined && now > this.#awaited.expectedBy ? this.#awaited : undefined;
    const before = this.#since;
    this.#since = late?.tick;
    if (late !== undefined && before === undefined) this.#tellOverdue(late);
    if (late === undefined && before !== undefined) this.#tellRecovered();
  }

  #tellOverdue({ tick, expectedBy }: Awaited): void {
    const { log, publish } = this.#parts;
    const [due, by] = [tick, expectedBy].map((at) => new Date(at).toISOString());
    log('warn', `Job "${this.#job}" is overdue: its run of ${due} should have ended well by ${by}`);
    publish(() => ({ type: 'overdue', job: this.#job, scheduledAt: tick, expectedBy }));
  }

  #tellRecovered(): void {
    this.#parts.log('log', `Job "${this.#job}" is not overdue any more`);
    this.#parts.publish(() => ({ type: 'recovered', job: this.#job }));
  }
}
