/** The ticks of one definition that have come and are not settled, and when the next one comes. */
import type { HeldDefinition } from './job-definition.js';
import type { Tick } from './job-store.js';
import type { CompiledSchedule } from './schedule/compile-schedule.js';
import { ticksBetween } from './schedule/ticks-between.js';

/** So many missed ticks are asked about at most, the newest; older ones are beyond making up for. */
const MOST_MISSED = 100;

export class DueTicks {
  /** Proof of the claim of the first tick, kept until it is settled. */
  token: string | undefined;
  readonly #schedule: CompiledSchedule;
  readonly #job: string;
  readonly #jitterMs: number;
  /** Everything up to here is settled. */
  #settledUpTo: number;
  #come: number[] = [];

  /** @param floorMs ticks at this instant and before are nobody's any more */
  constructor(
    schedule: CompiledSchedule,
    { held, job, floorMs }: { held: HeldDefinition; job: string; floorMs: number },
  ) {
    this.#schedule = schedule;
    this.#job = job;
    this.#jitterMs = held.is.jitterMs;
    this.#settledUpTo = floorMs;
  }

  /** The first one that may be claimed at `now`. */
  first(now: number): Tick | undefined {
    if (this.#come.length === 0) {
      const range = { after: this.#settledUpTo, upTo: now, most: MOST_MISSED, keep: 'newest' } as const;
      this.#come = [...ticksBetween(this.#schedule, range).ticks];
    }
    const [at] = this.#come;
    if (at === undefined) return undefined;
    const delayMs = this.#delayOf(at);
    return at + delayMs > now ? undefined : { at, delayMs, nextAt: this.#behind(at) };
  }

  /** It is known what became of the first one. */
  settled({ at }: Tick): void {
    this.#settledUpTo = at;
    this.#come.shift();
    this.token = undefined;
  }

  /** When {@link first} finds something; `Infinity` for never. */
  nextDueAt(): number {
    const at = this.#come[0] ?? this.#schedule.next(this.#settledUpTo);
    return at === undefined ? Infinity : at + this.#delayOf(at);
  }

  #behind(at: number): number {
    return this.#schedule.next(at) ?? Number.MAX_SAFE_INTEGER;
  }

  /** The same in every process: a hash of the job and the tick (FNV-1a). */
  #delayOf(at: number): number {
    if (this.#jitterMs === 0) return 0;
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(`${this.#job}@${at}`)) hash = Math.imul(hash ^ byte, 0x01000193);
    return (hash >>> 0) % (this.#jitterMs + 1);
  }
}
