/** The public face of what is done once. An abstract class, so that it is a type, an injection token and easy to stand in for. */
import type { LockBody, PreparedLock } from '../guarded/guarded-call.js';
import type { LockKey } from '../lease/lease-name.js';
import type { Duration } from '../time/duration.js';

/** Options of {@link OnceService.share}. */
export interface ShareOptions {
  /** Which one: an order, a day. @defaultValue one for all */
  readonly key?: LockKey;
  /** How long the lease of who does it lasts without a renewal; renewed while it does. @defaultValue '30s' or the module's */
  readonly ttl?: Duration;
  /** How long to wait for somebody else who does it; 0 not at all, 'forever' must be written out. @defaultValue '10s' or the module's */
  readonly wait?: Duration | 'forever';
  /**
   * How large a result may be, as JSON in UTF-8. A larger one is its caller's alone: to others it is an OnceResultError.
   * @defaultValue 65536
   */
  readonly maxBytes?: number;
  /** Aborting it gives the wait up. What is being done goes on. */
  readonly signal?: AbortSignal;
}

/** Options of {@link OnceService.run}. */
export interface OnceOptions extends ShareOptions {
  /** How long it is remembered that it was done, and what came of it: to 400 days. */
  readonly remember: Duration;
  /**
   * When it fails: `retry`, the next caller does it, one of those who wait first; `remember`, that is what came of it, and
   * others get an OnceFailedError. @defaultValue 'retry'
   */
  readonly whenFailed?: 'retry' | 'remember';
}

/** Options of {@link OnceService.prepare}: `key` and `signal` belong to each call. */
export type PreparedOnceOptions = Omit<OnceOptions, 'key' | 'signal'>;

/** What is done once, with options that were checked. */
export type PreparedOnce = Pick<PreparedLock, 'lockName' | 'run' | 'tryRun'>;

/**
 * What is done once, for all processes: the first caller does it, under a lease; the others wait and get what came of it. Who
 * dies at it is taken over by one of those who wait, or by the next caller; who froze and comes back gets what the one who took
 * over has written down. Results travel as JSON.
 *
 * "Once" is that one run is written down as done: a run whose process died in the middle is done again, so let what it does to
 * others carry its `lease.fence`, or the key.
 *
 * All methods reject with a `LockConfigError` on bad options before anything is sent, with a `LockTimeoutError` when who does it
 * took longer than `wait`, with a `LockUnavailableError` or a `LockRefusedError` when Redis cannot say whether it was done, with a
 * `LockReentryError` inside of itself, with a `LockAbortedError` when `signal` was aborted, and with a `LockClosedError` after
 * shutdown.
 */
export abstract class OnceService {
  /**
   * Does it unless it was done, and gives what came of it; to the caller who does it as it is, to others as JSON keeps it.
   * @throws its own error to the caller who does it; OnceFailedError to others, with `whenFailed: 'remember'`; OnceResultError to
   *   others when the result could not be kept; LeaseLostError, with the result in it, when another one has taken over and
   *   nothing is written down yet
   * @example `await once.run('invoice', { key: order.id, remember: '30d' }, () => createInvoice(order))`
   */
  abstract run<T>(name: string, options: OnceOptions, body: LockBody<T>): Promise<T>;

  /**
   * Does it, or gives what comes of it to who asks while somebody does it already; whoever asks later does it anew. Its error is
   * shared, too. (Also known as single flight.)
   * @example `await once.share('rates', {}, () => fetchRates())`
   */
  abstract share<T>(name: string, options: ShareOptions, body: LockBody<T>): Promise<T>;

  /** Checks options once. @throws LockConfigError that lists every fault */
  abstract prepare(name: string, options: PreparedOnceOptions): PreparedOnce;

  /** Forgets that it was done, so that the next caller does it again. Resolves to whether anything was known. */
  abstract forget(name: string, key?: LockKey): Promise<boolean>;
}
