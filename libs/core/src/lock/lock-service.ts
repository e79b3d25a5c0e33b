/** The public face of locks. An abstract class, so that it is a type, an injection token and easy to stand in for. */
import type { HolderInfo } from '../acquire-errors.js';
import type { BodyOptions, LockBody, PreparedLock, TryRunResult } from '../guarded/guarded-call.js';
import type { DurabilityNeed } from '../lease/durability.js';
import type { Lease } from '../lease/lease.js';
import type { LockKey } from '../lease/lease-name.js';
import type { Duration } from '../time/duration.js';
import type { LeaseSet } from './lease-set.js';

/** What a lock is like, whoever asks for it. */
export interface LockTraits {
  /** How long the lease lasts without a renewal. It is renewed every third of it. @defaultValue '30s' or the module's */
  readonly ttl?: Duration;
  /**
   * For how long nobody is granted the lock after its holder was lost: crashed, frozen, cut off, or longer at it than
   * `holdAtMost`. For resources that cannot compare a fence: what the lost holder had sent arrives before the next one
   * begins. A release frees the lock at once, as ever. At most `ttl` + `lockDelay` from the last renewal on.
   * @defaultValue 0
   */
  readonly lockDelay?: Duration;
  /** Keeps the lock taken for at least this long after the grant, so that a short job isn't run twice. @defaultValue 0 */
  readonly holdAtLeast?: Duration;
  /** Ends a holder that does not come back: the signal aborts, the lock is freed. @defaultValue none, with one warning after 10 × ttl */
  readonly holdAtMost?: Duration;
  /**
   * What this lock has to withstand, checked where the options are. `efficiency`: a second holder costs work and no
   * more. `failover-aware`: none comes of a fail-over; refused on an instance without `replicas` or a quorum.
   * `fenced`: the resource compares `lease.fence`; a line in the log tells of a holder that never read it.
   * @defaultValue 'efficiency'
   */
  readonly durability?: DurabilityNeed;
  /**
   * `write`: nobody else holds it. `read`: others may, who read as well. One line for both, first come, first served:
   * readers that stand next to one another go in together, and nobody who comes later passes a writer that waits.
   * @defaultValue 'write'
   */
  readonly mode?: LockMode;
}

/** How a lock is held: by one who writes, or by many who read. */
export type LockMode = 'read' | 'write';

/** Options of {@link LockService.tryAcquire}. */
export interface TryAcquireOptions extends LockTraits {
  readonly key?: LockKey;
  /** Aborting it gives up the attempt without a trace. */
  readonly signal?: AbortSignal;
}

/** Options of {@link LockService.acquire}. */
export interface AcquireOptions extends TryAcquireOptions {
  /** How long to stand in line: 0 not at all, 'forever' must be written out. @defaultValue '10s' or the module's */
  readonly wait?: Duration | 'forever';
}

export interface RunOptions extends AcquireOptions, BodyOptions {}
export interface TryRunOptions extends TryAcquireOptions, BodyOptions {}

/** Options of {@link LockService.prepare}: `key` and `signal` belong to each call. */
export type PreparedOptions = Omit<RunOptions, 'key' | 'signal'>;

/** Options of {@link LockService.acquireAll}; `wait` is for all of the locks together. */
export type AcquireAllOptions = Omit<AcquireOptions, 'key' | 'mode' | 'holdAtLeast'>;

/** Options of {@link LockService.runAll}. */
export type RunAllOptions = AcquireAllOptions & Pick<BodyOptions, 'whenLost'>;

/** Options of a {@link ReadWriteLock}. */
export type ReadWriteOptions = Omit<RunOptions, 'mode'>;

/** One of several locks: its name, or its name with the key, and how it is to be held. */
export type LockTarget = string | { readonly name: string; readonly key?: LockKey; readonly mode?: LockMode };

/** Code that runs while several locks are held. */
export type LockSetBody<T> = (leases: LeaseSet) => T | PromiseLike<T>;

/** A lock by its name, which one may write under or many may read. A plain lock of that name is one that writes. */
export interface ReadWriteLock {
  read<T>(body: LockBody<T>): Promise<T>;
  read<T>(options: ReadWriteOptions, body: LockBody<T>): Promise<T>;
  write<T>(body: LockBody<T>): Promise<T>;
  write<T>(options: ReadWriteOptions, body: LockBody<T>): Promise<T>;
}

/** What is known about a lock from outside. */
export interface LockInspection {
  readonly held: boolean;
  readonly heldBy: HolderInfo | undefined;
  readonly remainingMs: number;
  /** The highest fence issued; 0 if the name was not used for a day. */
  readonly lastFence: number;
  /** Processes standing in line. */
  readonly waiting: number;
}

/**
 * Distributed locks.
 *
 * All methods reject with a `LockConfigError` on bad options before anything is sent, with a `LockUnavailableError`
 * when Redis can't say whether the lock is free, with a `LockRefusedError` when it never will, with a
 * `LockAbortedError` when `signal` was aborted before the grant, and with a `LockClosedError` after shutdown.
 */
export abstract class LockService {
  /**
   * Runs `body` while the lock is held and gives back what it returns; its own error reaches you unchanged.
   * The lease is renewed until the body is done.
   * @throws LockBusyError (wait 0) or LockTimeoutError when it stayed busy; LeaseLostError, with the result in it,
   *   when the lease was lost before the body returned; LockHoldLimitError at once when `holdAtMost` is over;
   *   LockReentryError when this chain of calls holds it already
   * @example `await locks.run('order', { key: id }, async (lease) => charge(id, lease.fence))`
   */
  abstract run<T>(lockName: string, body: LockBody<T>): Promise<T>;
  abstract run<T>(lockName: string, options: RunOptions, body: LockBody<T>): Promise<T>;

  /** Like {@link run} without standing in line: says who holds instead of rejecting when the lock is busy. */
  abstract tryRun<T>(lockName: string, body: LockBody<T>): Promise<TryRunResult<T>>;
  abstract tryRun<T>(lockName: string, options: TryRunOptions, body: LockBody<T>): Promise<TryRunResult<T>>;

  /**
   * Takes the lock and leaves giving it back to you: `await using lease = await locks.acquire('reindex')`.
   * @throws LockBusyError, LockTimeoutError, LockReentryError
   */
  abstract acquire(lockName: string, options?: AcquireOptions): Promise<Lease>;

  /** Takes the lock if it is free; `undefined` if somebody holds it or stands in line for it. */
  abstract tryAcquire(lockName: string, options?: TryAcquireOptions): Promise<Lease | undefined>;

  /**
   * A lock that many may hold to read, or one to write. The same as `run` with `mode`, for who does both.
   * (Courtois, Heymans, Parnas, "Concurrent control with readers and writers", CACM 14(10), 1971; here with one line for both,
   * so that neither starves.)
   * @throws LockReentryError by its methods when this chain of calls reads already and asks to write
   */
  readWrite(lockName: string): ReadWriteLock {
    const under =
      (mode: LockMode) =>
      <T>(...rest: [LockBody<T>] | [ReadWriteOptions, LockBody<T>]): Promise<T> => {
        const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest;
        return this.run(lockName, { ...options, mode }, body);
      };
    return { read: under('read'), write: under('write') };
  }

  /**
   * Takes several locks, all or none, and leaves giving them back to you: at most 128, each once, however often it is
   * named. Callers that take theirs by this never wait for each other in a circle: all take them in the order of their
   * names, whatever order they are given in. One step where all are free.
   * @throws LockBusyError (wait 0) or LockTimeoutError, about the one that stayed busy; LockReentryError when this chain of
   *   calls holds one already; LeaseLostError or LockHoldLimitError when one ended while another was waited for. Nothing is
   *   held then
   * @example `await using both = await locks.acquireAll([{ name: 'account', key: from }, { name: 'account', key: to }])`
   */
  abstract acquireAll(targets: readonly LockTarget[], options?: AcquireAllOptions): Promise<LeaseSet>;

  /**
   * Runs `body` while all of these locks are held, and ends as {@link run} does, whichever of them is lost.
   * @throws what {@link acquireAll} throws, and what `run` throws of a body
   */
  abstract runAll<T>(targets: readonly LockTarget[], body: LockSetBody<T>): Promise<T>;
  abstract runAll<T>(
    targets: readonly LockTarget[],
    options: RunAllOptions,
    body: LockSetBody<T>,
  ): Promise<T>;

  /** Checks options once. @throws LockConfigError that lists every fault */
  abstract prepare(lockName: string, options: PreparedOptions): PreparedLock;

  /** Who holds, until when, and how many stand in line. */
  abstract inspect(lockName: string, key?: LockKey): Promise<LockInspection>;
}
