/**
 * `--unguarded`: the lock service that locks nothing. Everybody is let in at once, and nobody gets a fence, because
 * a number that nobody handed out in order protects nothing.
 */
import { JoinedLeases, LockService } from '@holdfast/core';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type {
  Lease,
  LeaseSet,
  LockBody,
  LockInspection,
  LockKey,
  LockSetBody,
  LockTarget,
  PreparedLock,
  ReleaseOutcome,
  RunAllOptions,
  RunOptions,
  TryRunOptions,
  TryRunResult,
} from '@holdfast/core';

export class UnguardedLocks extends LockService implements BeforeApplicationShutdown {
  readonly #inside = new Set<Promise<unknown>>();
  #closed = false;

  override run<T>(lockName: string, ...rest: [LockBody<T>] | [RunOptions, LockBody<T>]): Promise<T> {
    return this.enter(lockName, bodyOf(rest));
  }

  override async tryRun<T>(
    lockName: string,
    ...rest: [LockBody<T>] | [TryRunOptions, LockBody<T>]
  ): Promise<TryRunResult<T>> {
    return this.tryEnter(lockName, bodyOf(rest));
  }

  override async acquire(lockName: string): Promise<Lease> {
    return new NoLease(lockName);
  }

  override async tryAcquire(lockName: string): Promise<Lease> {
    return new NoLease(lockName);
  }

  override async acquireAll(targets: readonly LockTarget[]): Promise<LeaseSet> {
    return noLeases(targets);
  }

  override runAll<T>(
    targets: readonly LockTarget[],
    ...rest: [LockSetBody<T>] | [RunAllOptions, LockSetBody<T>]
  ): Promise<T> {
    const body = bodyOf(rest);
    return this.enter('several locks', () => body(noLeases(targets)));
  }

  override prepare(lockName: string): PreparedLock {
    return new UnguardedLock(lockName, this);
  }

  override async inspect(): Promise<LockInspection> {
    return { held: false, heldBy: undefined, remainingMs: 0, lastFence: 0, waiting: 0 };
  }

  /** Lets in whoever comes. */
  async enter<T>(lockName: string, body: LockBody<T>): Promise<T> {
    const visit = Promise.resolve(body(new NoLease(lockName)));
    this.#inside.add(visit);
    try {
      return await visit;
    } finally {
      this.#inside.delete(visit);
    }
  }

  /** What schedules come with. Like with the real one, they are left out when the application is about to end. */
  async tryEnter<T>(lockName: string, body: LockBody<T>): Promise<TryRunResult<T>> {
    if (this.#closed) return { ran: false, heldBy: undefined, retryAfterMs: 0 };
    return { ran: true, value: await this.enter(lockName, body) };
  }

  /** Like the real one: the application does not end under those who are inside. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#inside);
  }
}

class UnguardedLock implements PreparedLock {
  constructor(
    readonly lockName: string,
    private readonly locks: UnguardedLocks,
  ) {}

  run<T>(_key: LockKey | undefined, _signal: AbortSignal | undefined, body: LockBody<T>): Promise<T> {
    return this.locks.enter(this.lockName, body);
  }

  tryRun<T>(
    _key: LockKey | undefined,
    _signal: AbortSignal | undefined,
    body: LockBody<T>,
  ): Promise<TryRunResult<T>> {
    return this.locks.tryEnter(this.lockName, body);
  }

  async acquire(): Promise<Lease> {
    return new NoLease(this.lockName);
  }

  async tryAcquire(): Promise<Lease> {
    return new NoLease(this.lockName);
  }
}

/** Always believed, never checked. */
class NoLease implements Lease {
  readonly fence = 0;
  readonly signal = new AbortController().signal;
  readonly held = true;
  readonly remainingMs = Infinity;

  constructor(readonly lockName: string) {}

  assertHeld(): void {
    // nothing to check against
  }

  async release(): Promise<ReleaseOutcome> {
    return 'released';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // nothing to give back
  }
}

function noLeases(targets: readonly LockTarget[]): LeaseSet {
  const names = targets.map((target) => (typeof target === 'string' ? target : target.name));
  return new JoinedLeases(names.map((lockName) => new NoLease(lockName)));
}

function bodyOf<Body>(rest: [Body] | [object, Body]): Body {
  return rest.length === 1 ? rest[0] : rest[1];
}
