/**
 * The hint that one candidate is a better leader than another.
 *
 * A preferred candidate that stands by says so twice a second, which puts it in front of the line. A leader that is not
 * preferred looks for one every third of its ttl, and gives up its term when it finds one: the ordinary hand-off then
 * goes to the front. Two preferred candidates never move each other: a preferred leader does not look.
 */
import type { CancelTimer, Clock } from '../time/clock.js';
import { within } from '../time/within.js';
import type { PreferenceStore } from './preference-store.js';

const CLAIM_EVERY_MS = 500;
/** Several claims may get lost; a candidate that died is no reason to step down for long. */
const CLAIM_LASTS_MS = 2_000;
const LOOK_AT_MOST_EVERY_MS = 250;

/** What a preference works with. */
export interface PreferenceParts {
  /** Why no candidate can be preferred, where that cannot be kept: then none is. */
  readonly preferences: PreferenceStore | string;
  readonly clock: Clock;
  readonly processId: string;
  readonly attemptTimeoutMs: number;
}

/** Whose preference it is. */
interface Preferring {
  readonly identity: string;
  readonly ttlMs: number;
  readonly preferred: boolean;
}

const nothing = (): void => undefined;

export class Preference {
  readonly #parts: PreferenceParts;
  readonly #of: Preferring;
  readonly #store: PreferenceStore | undefined;
  #claimed = false;
  #asking = false;
  #cancel: CancelTimer = nothing;

  constructor(parts: PreferenceParts, of: Preferring) {
    this.#parts = parts;
    this.#of = of;
    this.#store = typeof parts.preferences === 'string' ? undefined : parts.preferences;
  }

  /** Claims the front of the line, if it may. */
  standBy(): void {
    this.rest();
    const store = this.#store;
    if (store === undefined || !this.#of.preferred) return;
    const { identity } = this.#of;
    const { processId } = this.#parts;
    this.#every(CLAIM_EVERY_MS, () => {
      this.#claimed = true;
      return store.claim(identity, processId, CLAIM_LASTS_MS);
    });
  }

  /** Looks for a better leader, and calls `found` when there is one. */
  lead(found: () => void): void {
    this.rest();
    const { identity, ttlMs, preferred } = this.#of;
    const store = this.#store;
    if (store === undefined || preferred) return;
    this.#every(Math.max(ttlMs / 3, LOOK_AT_MOST_EVERY_MS), async () => {
      if (await store.inspect(identity)) found();
    });
  }

  /** Does neither, and leaves no mark behind. */
  rest(): void {
    this.#cancel();
    this.#cancel = nothing;
    if (!this.#claimed) return;
    this.#claimed = false;
    // Without an answer the mark goes away by itself.
    this.#store?.claim(this.#of.identity, this.#parts.processId, 0).catch(nothing);
  }

  #every(periodMs: number, ask: () => Promise<void>): void {
    const arm = (): void => {
      this.#cancel = this.#parts.clock.setTimer(periodMs, again, 'unref');
    };
    const again = (): void => {
      arm();
      if (!this.#asking) void this.#ask(ask);
    };
    arm();
  }

  /** It is a hint: trouble is told by whoever cannot do without an answer. */
  async #ask(ask: () => Promise<void>): Promise<void> {
    this.#asking = true;
    await within(this.#parts.clock, this.#parts.attemptTimeoutMs, ask().catch(nothing));
    this.#asking = false;
  }
}
