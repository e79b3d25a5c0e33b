/** What a latch and a barrier have in common: asking the store, and waiting for it to say that all have arrived. */
import { LockAbortedError, LockClosedError, LockTimeoutError } from '../acquire-errors.js';
import type { LockError } from '../errors.js';
import { answerInTime } from '../lease/answer-in-time.js';
import { answerToCaller, lockErrorOf } from '../lease/answer-to-caller.js';
import { StoreError } from '../lease/store-error.js';
import type { Clock } from '../time/clock.js';
import { pause } from '../time/pause.js';
import { Patience } from '../time/patience.js';
import type { Arrivals, LatchLook, LatchStore } from './latch-store.js';
import type { Wakes } from './wakes.js';

/** What gates are made of. */
export interface GateParts {
  readonly store: LatchStore;
  readonly clock: Clock;
  readonly processId: string;
  readonly attemptTimeoutMs: number;
  /** Of waits, where a caller says nothing. */
  readonly waitMs: number;
  readonly wakes: Wakes;
  /** Aborted from shutdown on. */
  readonly closed: AbortSignal;
}

/** A push may get lost; this is what it costs then. */
const LOOK_EVERY_MS = 500;
/** Several looks may be late. */
const ALIVE_MS = 5 * LOOK_EVERY_MS;

/** A wait, checked. */
export interface GateWait {
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
}

export class Gate {
  readonly #parts: GateParts;
  readonly #name: string;

  constructor(parts: GateParts, name: string) {
    this.#parts = parts;
    this.#name = name;
  }

  /** @throws LockUnavailableError, LockRefusedError, LockClosedError */
  async ask<T>(question: (store: LatchStore) => Promise<T>): Promise<T> {
    const { closed, store } = this.#parts;
    if (closed.aborted) throw new LockClosedError(this.#name);
    return answerToCaller(this.#parts, this.#name, question(store));
  }

  /** Resolves when the store says that it is open. @throws LockTimeoutError, LockAbortedError, LockClosedError, LockRefusedError */
  async open(look: Omit<LatchLook, 'waiting'>, { waitMs, signal }: GateWait): Promise<Arrivals> {
    const { clock, closed } = this.#parts;
    const patience = new Patience(clock, waitMs, signal === undefined ? [closed] : [closed, signal]);
    try {
      let trouble: StoreError | undefined;
      while (!patience.signal.aborted) {
        const next = new AbortController();
        const stop = this.#parts.wakes.add(look.identity, () => next.abort());
        try {
          const seen = await this.#look(look);
          if (!(seen instanceof StoreError) && seen.open) return seen;
          trouble = seen instanceof StoreError ? seen : undefined;
          if (trouble?.permanent === true || waitMs === 0) break;
          await pause(clock, LOOK_EVERY_MS, AbortSignal.any([next.signal, patience.signal]));
        } finally {
          stop();
        }
      }
      throw this.#whyNot(patience, { signal, trouble });
    } finally {
      patience.end();
    }
  }

  #look(look: Omit<LatchLook, 'waiting'>): Promise<Arrivals | StoreError> {
    const { store, clock, processId, attemptTimeoutMs } = this.#parts;
    const looking = store.look({ ...look, waiting: { processId, aliveMs: ALIVE_MS } });
    return answerInTime(clock, attemptTimeoutMs, looking).then((answer) =>
      answer instanceof StoreError ? answer : answer.value,
    );
  }

  #whyNot(
    { waitedMs }: Patience,
    { signal, trouble }: { signal: AbortSignal | undefined; trouble: StoreError | undefined },
  ): LockError {
    if (signal?.aborted === true) return new LockAbortedError(this.#name, signal.reason);
    if (this.#parts.closed.aborted) return new LockClosedError(this.#name);
    if (trouble !== undefined) return lockErrorOf(trouble, { lockName: this.#name, waitedMs });
    return new LockTimeoutError(this.#name, { heldBy: undefined, retryAfterMs: LOOK_EVERY_MS, waitedMs });
  }
}
