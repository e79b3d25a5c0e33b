/** Locks on the lease engine: a lock is a lease with one permit. */
import { LockConfigError } from '../errors.js';
import { preparedFaults, type GuardTerms } from '../guarded/guard-terms.js';
import { checkedBody } from '../guarded/checked-body.js';
import type { LockBody, PreparedLock, TryRunResult } from '../guarded/guarded-call.js';
import { PreparedLeaseLock, type GuardParts } from '../guarded/prepared-lease-lock.js';
import type { LeaseEngine } from '../lease/lease-engine.js';
import { identityOf, keyFault, nameFault, type LockKey } from '../lease/lease-name.js';
import type { Lease } from '../lease/lease.js';
import type { Clock } from '../time/clock.js';
import { show } from '../time/duration.js';
import type { LeaseSet } from './lease-set.js';
import { resolveLockOptions, type LockDefaults } from './lock-options.js';
import {
  LockService,
  type AcquireAllOptions,
  type AcquireOptions,
  type LockInspection,
  type LockSetBody,
  type LockTarget,
  type PreparedOptions,
  type RunAllOptions,
  type RunOptions,
  type TryAcquireOptions,
  type TryRunOptions,
} from './lock-service.js';
import { resolveLockSet } from './lock-set-options.js';
import { SeveralLocks } from './several-locks.js';

/** What locks are made of. */
export interface LockParts extends GuardParts {
  readonly clock: Clock;
  readonly defaults: LockDefaults;
  /** What those that read are asked of; or why nobody can read. */
  readonly readers: LeaseEngine | string;
}

export class LeaseLockService extends LockService {
  readonly #parts: LockParts;

  constructor(parts: LockParts) {
    super();
    this.#parts = parts;
  }

  override run<T>(lockName: string, body: LockBody<T>): Promise<T>;
  override run<T>(lockName: string, options: RunOptions, body: LockBody<T>): Promise<T>;
  override run<T>(lockName: string, ...rest: [LockBody<T>] | [RunOptions, LockBody<T>]): Promise<T> {
    return answered(() => {
      const { options, body } = callOf(`Lock ${show(lockName)}`, rest);
      return this.#prepared(lockName, options).run(options.key, options.signal, body);
    });
  }

  override tryRun<T>(lockName: string, body: LockBody<T>): Promise<TryRunResult<T>>;
  override tryRun<T>(lockName: string, options: TryRunOptions, body: LockBody<T>): Promise<TryRunResult<T>>;
  override tryRun<T>(
    lockName: string,
    ...rest: [LockBody<T>] | [TryRunOptions, LockBody<T>]
  ): Promise<TryRunResult<T>> {
    return answered(() => {
      const { options, body } = callOf(`Lock ${show(lockName)}`, rest);
      return this.#prepared(lockName, { ...options, wait: 0 }).tryRun(options.key, options.signal, body);
    });
  }

  override acquire(lockName: string, options: AcquireOptions = {}): Promise<Lease> {
    return answered(() => this.#prepared(lockName, options).acquire(options.key, options.signal));
  }

  override tryAcquire(lockName: string, options: TryAcquireOptions = {}): Promise<Lease | undefined> {
    return answered(() =>
      this.#prepared(lockName, { ...options, wait: 0 }).tryAcquire(options.key, options.signal),
    );
  }

  override prepare(lockName: string, options: PreparedOptions): PreparedLock {
    const faults = preparedFaults('Lock', options);
    if (faults.length > 0) throw new LockConfigError(`Lock ${show(lockName)} cannot work`, faults);
    return this.#prepared(lockName, options);
  }

  override acquireAll(targets: readonly LockTarget[], options: AcquireAllOptions = {}): Promise<LeaseSet> {
    return answered(() => this.#several(targets, options).acquire());
  }

  override runAll<T>(targets: readonly LockTarget[], body: LockSetBody<T>): Promise<T>;
  override runAll<T>(
    targets: readonly LockTarget[],
    options: RunAllOptions,
    body: LockSetBody<T>,
  ): Promise<T>;
  override runAll<T>(
    targets: readonly LockTarget[],
    ...rest: [LockSetBody<T>] | [RunAllOptions, LockSetBody<T>]
  ): Promise<T> {
    return answered(() => {
      const { options, body } = callOf('Several locks', rest);
      return this.#several(targets, options).run(body);
    });
  }

  #several(targets: readonly LockTarget[], options: RunAllOptions): SeveralLocks {
    const { clock, defaults } = this.#parts;
    const set = resolveLockSet(targets, options, defaults);
    return new SeveralLocks({ clock, partsOf: (terms) => this.#partsOf(terms) }, set);
  }

  #prepared(lockName: string, options: RunOptions): PreparedLock {
    const terms = resolveLockOptions(lockName, options, this.#parts.defaults);
    return new PreparedLeaseLock(this.#partsOf(terms), terms);
  }

  /** @throws LockConfigError where nobody can read and this one wants to */
  #partsOf({ lockName, reading }: GuardTerms): GuardParts {
    const { readers } = this.#parts;
    if (reading !== true) return this.#parts;
    if (typeof readers !== 'string') return { ...this.#parts, engine: readers };
    throw new LockConfigError(`Lock ${show(lockName)} cannot work`, [
      `mode: 'read' must be left out; ${readers}`,
    ]);
  }

  override async inspect(lockName: string, key?: LockKey): Promise<LockInspection> {
    const faults = [nameFault(lockName, 'name'), keyFault(key)].filter((fault) => fault !== undefined);
    if (faults.length > 0) throw new LockConfigError('Cannot inspect', faults);
    const { engine, directory } = this.#parts;
    const { holder, remainingMs, lastFence, waiting } = await engine.inspect(
      lockName,
      identityOf(lockName, key),
    );
    const heldBy = await directory.find(holder);
    return { held: holder !== undefined, heldBy, remainingMs, lastFence, waiting };
  }
}

/** Tells by its promise what is wrong with a call, without the layer of promises that an async function would add. */
function answered<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** The options and the body of a call, which may leave the options out. */
function callOf<Body, Options extends object>(
  what: string,
  rest: [Body] | [Options | undefined, Body],
): { options: Partial<Options>; body: Body } {
  const [options, body] = rest.length === 1 ? [undefined, rest[0]] : rest;
  return { options: options ?? {}, body: checkedBody(what, body) };
}
