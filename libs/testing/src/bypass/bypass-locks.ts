/**
 * A lock service that locks nothing, for unit tests of code that asks for locks. Everybody is let in at once, also two
 * at a time; what was asked for is written down. Options are checked by the rules of the real one.
 */
import {
  JoinedLeases,
  LockConfigError,
  LockService,
  lockSetFaults,
  runUnderLease,
  type AcquireAllOptions,
  type AcquireOptions,
  type Lease,
  type LeaseSet,
  type LockBody,
  type LockInspection,
  type LockKey,
  type LockSetBody,
  type LockTarget,
  type PreparedLock,
  type RunAllOptions,
  type RunOptions,
  type TryAcquireOptions,
  type TryRunOptions,
  type TryRunResult,
} from '@holdfast/core';
import { check, identityOf, type BypassCall } from './bypass-call.js';
import { BypassLease } from './bypass-lease.js';

/** A pass-through `LockService`. */
export class BypassLocks extends LockService {
  readonly #calls: BypassCall[] = [];
  readonly #inside = new Map<string, number>();
  #lastFence = 0;

  /** What was asked for, oldest first. */
  get calls(): readonly BypassCall[] {
    return [...this.#calls];
  }

  override run<T>(lockName: string, body: LockBody<T>): Promise<T>;
  override run<T>(lockName: string, options: RunOptions, body: LockBody<T>): Promise<T>;
  override async run<T>(lockName: string, ...rest: [LockBody<T>] | [RunOptions, LockBody<T>]): Promise<T> {
    const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest;
    return this.#runInside(this.#asked('run', lockName, options), body);
  }

  override tryRun<T>(lockName: string, body: LockBody<T>): Promise<TryRunResult<T>>;
  override tryRun<T>(lockName: string, options: TryRunOptions, body: LockBody<T>): Promise<TryRunResult<T>>;
  override async tryRun<T>(
    lockName: string,
    ...rest: [LockBody<T>] | [TryRunOptions, LockBody<T>]
  ): Promise<TryRunResult<T>> {
    const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest;
    return { ran: true, value: await this.#runInside(this.#asked('tryRun', lockName, options), body) };
  }

  override async acquire(lockName: string, options: AcquireOptions = {}): Promise<Lease> {
    return this.#grant(this.#asked('acquire', lockName, options));
  }

  override async tryAcquire(lockName: string, options: TryAcquireOptions = {}): Promise<Lease> {
    return this.#grant(this.#asked('tryAcquire', lockName, options));
  }

  /** Written down as a call for each of the locks. */
  override async acquireAll(
    targets: readonly LockTarget[],
    options: AcquireAllOptions = {},
  ): Promise<LeaseSet> {
    return this.#grantAll(this.#askedAll('acquireAll', targets, options)).set;
  }

  override runAll<T>(targets: readonly LockTarget[], body: LockSetBody<T>): Promise<T>;
  override runAll<T>(
    targets: readonly LockTarget[],
    options: RunAllOptions,
    body: LockSetBody<T>,
  ): Promise<T>;
  override async runAll<T>(
    targets: readonly LockTarget[],
    ...rest: [LockSetBody<T>] | [RunAllOptions, LockSetBody<T>]
  ): Promise<T> {
    const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest;
    const { set, leases } = this.#grantAll(this.#askedAll('runAll', targets, options));
    const guarded = [...leases].reduce<() => Promise<T>>(
      (inner, [identity, lease]) =>
        () =>
          runUnderLease({ lease, scope: this, identity }, inner),
      async () => body(set),
    );
    try {
      return await guarded();
    } finally {
      await set.release();
    }
  }

  override prepare(lockName: string, options: RunOptions): PreparedLock {
    check(lockName, options);
    const asked = (method: BypassCall['method'], key: LockKey | undefined, signal: AbortSignal | undefined) =>
      this.#asked(method, lockName, {
        ...options,
        ...(key === undefined ? {} : { key }),
        ...(signal === undefined ? {} : { signal }),
      });
    return {
      lockName,
      run: async (key, signal, body) => this.#runInside(asked('run', key, signal), body),
      tryRun: async (key, signal, body) => ({
        ran: true,
        value: await this.#runInside(asked('tryRun', key, signal), body),
      }),
      acquire: async (key, signal) => this.#grant(asked('acquire', key, signal)),
      tryAcquire: async (key, signal) => this.#grant(asked('tryAcquire', key, signal)),
    };
  }

  override async inspect(lockName: string, key?: LockKey): Promise<LockInspection> {
    const call = this.#asked('inspect', lockName, key === undefined ? {} : { key });
    const held = (this.#inside.get(identityOf(call)) ?? 0) > 0;
    return { held, heldBy: undefined, remainingMs: 0, lastFence: this.#lastFence, waiting: 0 };
  }

  #asked(method: BypassCall['method'], lockName: string, given: RunOptions): BypassCall {
    check(lockName, given);
    const { key, ...options } = given;
    const call: BypassCall = { method, lockName, key, options };
    this.#calls.push(call);
    return call;
  }

  #askedAll(
    method: BypassCall['method'],
    targets: readonly LockTarget[],
    options: RunAllOptions,
  ): readonly BypassCall[] {
    const faults = lockSetFaults(targets, options);
    if (faults.length > 0) throw new LockConfigError('Several locks cannot be taken', faults);
    const calls = targets.map((target): BypassCall => {
      const { name, key } = typeof target === 'string' ? { name: target } : target;
      return { method, lockName: name, key, options };
    });
    this.#calls.push(...calls);
    return calls;
  }

  #grantAll(calls: readonly BypassCall[]): { set: LeaseSet; leases: ReadonlyMap<string, Lease> } {
    const leases = new Map<string, Lease>();
    for (const call of calls) {
      const identity = identityOf(call);
      if (!leases.has(identity)) leases.set(identity, this.#grant(call));
    }
    return { set: new JoinedLeases(calls.flatMap((call) => leases.get(identityOf(call)) ?? [])), leases };
  }

  #grant(call: BypassCall): Lease {
    const identity = identityOf(call);
    const count = (change: number): void =>
      void this.#inside.set(identity, (this.#inside.get(identity) ?? 0) + change);
    count(1);
    return new BypassLease(call.lockName, (this.#lastFence += 1), () => count(-1));
  }

  async #runInside<T>(call: BypassCall, body: LockBody<T>): Promise<T> {
    const lease = this.#grant(call);
    try {
      return await runUnderLease({ lease, scope: this, identity: identityOf(call) }, async () => body(lease));
    } finally {
      await lease.release();
    }
  }
}

/**
 * A lock service that lets everybody in, for unit tests: `overrideProvider(LockService).useValue(bypassLocks())`.
 * Bodies run under a lease that is never lost, with a fence that grows; `currentLease()` finds it. What production
 * would refuse as misconfigured is refused here too; nothing is ever busy, and nobody waits.
 */
export function bypassLocks(): BypassLocks {
  return new BypassLocks();
}
