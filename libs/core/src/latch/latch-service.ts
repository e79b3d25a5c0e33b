/** The public face of latches and barriers. An abstract class, so that it is a type, an injection token and easy to stand in for. */
import type { LockKey } from '../lease/lease-name.js';
import type { Duration } from '../time/duration.js';

/** Options of {@link LatchService.latch} and {@link LatchService.barrier}. */
export interface LatchOptions {
  /** How many parts, or parties, there are: 1 to 100,000. */
  readonly of: number;
  /** How long it is remembered who has arrived when nobody else does: a second to 400 days. @defaultValue '1d' */
  readonly keepFor?: Duration;
}

/** Options of a wait. */
export interface LatchWaitOptions {
  /** Which one: a batch, a day. @defaultValue one for all */
  readonly key?: LockKey;
  /** How long to wait; 'forever' must be written out. @defaultValue '10s' or the module's */
  readonly wait?: Duration | 'forever';
  /** Aborting it gives the wait up. */
  readonly signal?: AbortSignal;
}

/** How a latch stands. */
export interface LatchState {
  readonly open: boolean;
  readonly arrived: number;
  readonly of: number;
}

/**
 * A gate that opens when all parts are done, and stays open: to wait until all 8 shards are done. Each part is counted once,
 * however often it arrives, so work that is repeated after a crash does no harm.
 */
export interface Latch {
  readonly name: string;
  /** Says that this part is done. */
  arrive(part: string | number, key?: LockKey): Promise<LatchState>;
  /**
   * Resolves when all parts are done.
   * @throws LockTimeoutError when they were not within `wait`; LockAbortedError
   */
  wait(options?: LatchWaitOptions): Promise<void>;
  inspect(key?: LockKey): Promise<LatchState>;
  /** Closes it again: no part is done. */
  reset(key?: LockKey): Promise<void>;
}

/** A place where all parties wait for each other, again and again. */
export interface Barrier {
  readonly name: string;
  /**
   * Arrives, and resolves when all parties have. A party whose wait is over has not arrived any more: the others go on waiting
   * for it.
   * @returns how often all have passed
   * @throws LockTimeoutError when they did not all arrive within `wait`; LockAbortedError
   */
  pass(party: string | number, options?: LatchWaitOptions): Promise<number>;
  inspect(key?: LockKey): Promise<{ readonly arrived: number; readonly passed: number; readonly of: number }>;
}

/**
 * Fan-in over all processes. What is waited for is told by a push, and found by a look every half second without one.
 *
 * All methods reject with a `LockConfigError` on bad input before anything is sent, with a `LockUnavailableError` or a
 * `LockRefusedError` when Redis cannot say, and with a `LockClosedError` after shutdown. While a wait lasts, an outage that passes
 * within it is waited out.
 */
export abstract class LatchService {
  /** @throws LockConfigError that lists every fault */
  abstract latch(name: string, options: LatchOptions): Latch;
  /** @throws LockConfigError that lists every fault */
  abstract barrier(name: string, options: LatchOptions): Barrier;
}
