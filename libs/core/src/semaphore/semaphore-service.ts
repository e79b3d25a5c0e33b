/** The public face of semaphores. An abstract class, so that it is a type, an injection token and easy to stand in for. */
import type { HolderInfo } from '../acquire-errors.js';
import type { BodyOptions, LockBody, PreparedLock, TryRunResult } from '../guarded/guarded-call.js';
import type { Lease } from '../lease/lease.js';
import type { LockKey } from '../lease/lease-name.js';
import type { Duration } from '../time/duration.js';
import type { PermitProof } from './permit-guard.js';

/** What permits of a semaphore are like. */
export interface PermitTraits {
  /**
   * How many permits there are for all processes together: an integer from 1 to 1,000,000. Where callers differ, as in a
   * rolling deploy, each is held to its own number, unless {@link SemaphoreService.resize} said one for all.
   */
  readonly permits: number;
  /** How many of them a call takes, all or none. @defaultValue 1 */
  readonly weight?: number;
  /** How long a lease lasts without a renewal. It is renewed every third of it. @defaultValue '30s' or the module's */
  readonly ttl?: Duration;
  /** Ends a holder that does not come back: the signal aborts, its permits are free. @defaultValue none, with one warning after 10 × ttl */
  readonly holdAtMost?: Duration;
}

/** Options of {@link SemaphoreService.tryAcquire}. */
export interface TryPermitOptions extends PermitTraits {
  /** Which one, of many semaphores of one name: permits of one customer, one printer. */
  readonly key?: LockKey;
  /** Aborting it gives up the attempt without a trace. */
  readonly signal?: AbortSignal;
}

/** Options of {@link SemaphoreService.acquire}. */
export interface PermitOptions extends TryPermitOptions {
  /** How long to stand in line: 0 not at all, 'forever' must be written out. @defaultValue '10s' or the module's */
  readonly wait?: Duration | 'forever';
}

export interface PermitRunOptions extends PermitOptions, BodyOptions {}
export interface TryPermitRunOptions extends TryPermitOptions, BodyOptions {}

/** Options of {@link SemaphoreService.prepare}: `key` and `signal` belong to each call. */
export type PreparedPermitOptions = Omit<PermitRunOptions, 'key' | 'signal'>;

/** What is known about a semaphore from outside. */
export interface SemaphoreInspection {
  /** How many permits there are, where {@link SemaphoreService.resize} said so; else each caller's own number counts. */
  readonly size: number | undefined;
  /** How many are taken. */
  readonly taken: number;
  /** How many calls stand in line, each for itself. */
  readonly waiting: number;
  /** Who has them: the hundred whose leases end first. */
  readonly holders: readonly {
    readonly heldBy: HolderInfo | undefined;
    readonly permits: number;
    readonly fence: number;
    readonly remainingMs: number;
  }[];
}

/**
 * Distributed semaphores: so many at a time, in all processes together.
 *
 * Every call that has permits has a lease of its own, with a fence of its own: who crashes or freezes gives back what it
 * had and no more, when its lease ends. Who waits stands in one line, first come, first served; whoever wants many is not
 * passed by those who want few. What is given back goes to the next in line within the same call.
 *
 * All methods reject with a `LockConfigError` on bad options before anything is sent, with a `LockUnavailableError` when
 * Redis can't say whether there are permits, with a `LockRefusedError` when it never will, with a `LockAbortedError` when
 * `signal` was aborted before the grant, and with a `LockClosedError` after shutdown.
 *
 * A counting semaphore: Dijkstra, "Cooperating sequential processes", EWD 123, 1965, section 4; with permits that end by
 * themselves: Gray, Cheriton, "Leases", SOSP 1989.
 */
export abstract class SemaphoreService {
  /**
   * Runs `body` while it has its permits and gives back what it returns; its own error reaches you unchanged. The lease is
   * renewed until the body is done.
   * @throws LockBusyError (wait 0) or LockTimeoutError when there were not enough; LeaseLostError, with the result in it,
   *   when the lease was lost before the body returned; LockHoldLimitError at once when `holdAtMost` is over;
   *   LockReentryError when this chain of calls has permits of it already: waiting for more of what one holds is how
   *   deadlocks begin
   * @example `await semaphores.run('thumbnails', { permits: 5 }, async (lease) => render(image, lease.signal))`
   */
  abstract run<T>(name: string, options: PermitRunOptions, body: LockBody<T>): Promise<T>;

  /** Like {@link run} without standing in line: says so instead of rejecting when there are not enough. */
  abstract tryRun<T>(name: string, options: TryPermitRunOptions, body: LockBody<T>): Promise<TryRunResult<T>>;

  /**
   * Takes permits and leaves giving them back to you: `await using lease = await semaphores.acquire('gpu', { permits: 2 })`.
   * @throws LockBusyError, LockTimeoutError, LockReentryError
   */
  abstract acquire(name: string, options: PermitOptions): Promise<Lease>;

  /** Takes permits if there are enough and nobody stands in line; `undefined` otherwise. */
  abstract tryAcquire(name: string, options: TryPermitOptions): Promise<Lease | undefined>;

  /** Checks options once. @throws LockConfigError that lists every fault */
  abstract prepare(name: string, options: PreparedPermitOptions): PreparedLock;

  /**
   * Says for all processes how many permits there are from now on, whatever they were configured with, for 400 days or
   * until it is said again; `undefined` leaves it to them again. Nobody who has permits loses them: where there are too
   * many out, none are given until enough came back.
   */
  abstract resize(name: string, permits: number | undefined, key?: LockKey): Promise<void>;

  /**
   * What a resource needs to refuse holders that are over, as a fence alone does for locks: the fence of `lease`, and those of
   * all who had permits at the same instant. Ask once after the grant, give it along with each write, and let the resource
   * check it with a `PermitGuard`, or as the recipe of docs/semaphores.md does. One round trip.
   * @throws LeaseLostError when the permits are gone; LockConfigError when more than 1,000 have some, or `lease` is of
   *   another semaphore
   * @example `guard.check('printer', await semaphores.prove('printer', lease))`
   */
  abstract prove(name: string, lease: Lease, key?: LockKey): Promise<PermitProof>;

  /** How many permits are taken and by whom, and how many wait. */
  abstract inspect(name: string, key?: LockKey): Promise<SemaphoreInspection>;
}
