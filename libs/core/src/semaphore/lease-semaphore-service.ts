/** Semaphores on the lease engine: a permit is a lease, of which a name has several. */
import { LockConfigError } from '../errors.js';
import { preparedFaults, type GuardDefaults } from '../guarded/guard-terms.js';
import { checkedBody } from '../guarded/checked-body.js';
import type { LockBody, PreparedLock, TryRunResult } from '../guarded/guarded-call.js';
import { PreparedLeaseLock, type GuardParts } from '../guarded/prepared-lease-lock.js';
import { answerToCaller } from '../lease/answer-to-caller.js';
import { keyFault, nameFault, type LockKey } from '../lease/lease-name.js';
import type { Lease } from '../lease/lease.js';
import { LeaseLostError } from '../lease-errors.js';
import type { Clock } from '../time/clock.js';
import { show } from '../time/duration.js';
import type { PermitProof } from './permit-guard.js';
import type { PermitStore } from './permit-store.js';
import { countFault, resolvePermitOptions, semaphoreIdentity } from './semaphore-options.js';
import {
  SemaphoreService,
  type PermitOptions,
  type PermitRunOptions,
  type PreparedPermitOptions,
  type SemaphoreInspection,
  type TryPermitOptions,
  type TryPermitRunOptions,
} from './semaphore-service.js';

/** What semaphores are made of. */
export interface SemaphoreParts extends GuardParts {
  readonly store: PermitStore;
  readonly clock: Clock;
  readonly attemptTimeoutMs: number;
  readonly defaults: GuardDefaults;
}

const RESIZE_KEPT_MS = 400 * 86_400_000;
const HOLDERS_TOLD = 100;
const HOLDERS_PROVEN = 1_000;

export class LeaseSemaphoreService extends SemaphoreService {
  readonly #parts: SemaphoreParts;

  constructor(parts: SemaphoreParts) {
    super();
    this.#parts = parts;
  }

  override async run<T>(name: string, options: PermitRunOptions, body: LockBody<T>): Promise<T> {
    return this.#prepared(name, options).run(
      options.key,
      options.signal,
      checkedBody(`Semaphore ${show(name)}`, body),
    );
  }

  override async tryRun<T>(
    name: string,
    options: TryPermitRunOptions,
    body: LockBody<T>,
  ): Promise<TryRunResult<T>> {
    return this.#prepared(name, { ...options, wait: 0 }).tryRun(
      options.key,
      options.signal,
      checkedBody(`Semaphore ${show(name)}`, body),
    );
  }

  override async acquire(name: string, options: PermitOptions): Promise<Lease> {
    return this.#prepared(name, options).acquire(options.key, options.signal);
  }

  override async tryAcquire(name: string, options: TryPermitOptions): Promise<Lease | undefined> {
    return this.#prepared(name, { ...options, wait: 0 }).tryAcquire(options.key, options.signal);
  }

  override prepare(name: string, options: PreparedPermitOptions): PreparedLock {
    const faults = preparedFaults('Semaphore', options);
    if (faults.length > 0) throw new LockConfigError(`Semaphore ${show(name)} cannot work`, faults);
    return this.#prepared(name, options);
  }

  override async resize(name: string, permits: number | undefined, key?: LockKey): Promise<void> {
    refuse(name, [
      nameFault(name, 'name'),
      keyFault(key),
      permits === undefined ? undefined : countFault(permits, 'permits'),
    ]);
    const done = this.#parts.store.resize(semaphoreIdentity(name, key), permits, RESIZE_KEPT_MS);
    await answerToCaller(this.#parts, name, done);
  }

  override async prove(name: string, lease: Lease, key?: LockKey): Promise<PermitProof> {
    refuse(name, [nameFault(name, 'name'), keyFault(key), leaseFault(name, lease)]);
    lease.assertHeld();
    const { fence } = lease;
    const look = this.#parts.store.look(semaphoreIdentity(name, key), HOLDERS_PROVEN + 1);
    const { holders, lastFence } = await answerToCaller(this.#parts, name, look);
    if (holders.length > HOLDERS_PROVEN)
      refuse(name, [`proof: more than ${HOLDERS_PROVEN} have permits, too many to send along with a write`]);
    const live = holders.map((holder) => holder.fence);
    if (!live.includes(fence)) throw new LeaseLostError(name, { reason: 'taken', fence });
    return { fence, asOf: lastFence, live };
  }

  override async inspect(name: string, key?: LockKey): Promise<SemaphoreInspection> {
    refuse(name, [nameFault(name, 'name'), keyFault(key)]);
    const { store, directory } = this.#parts;
    const look = store.look(semaphoreIdentity(name, key), HOLDERS_TOLD);
    const { size, taken, waiting, holders } = await answerToCaller(this.#parts, name, look);
    const told = holders.map(async ({ token, ...hold }) => ({
      heldBy: await directory.find(token),
      ...hold,
    }));
    return { size, taken, waiting, holders: await Promise.all(told) };
  }

  #prepared(name: string, options: PermitRunOptions): PreparedLock {
    return new PreparedLeaseLock(this.#parts, resolvePermitOptions(name, options, this.#parts.defaults));
  }
}

function leaseFault(name: string, lease: Lease): string | undefined {
  if (lease.lockName === name) return undefined;
  return `lease: is of ${show(lease.lockName)}, so it proves nothing about ${show(name)}`;
}

function refuse(name: string, told: readonly (string | undefined)[]): void {
  const faults = told.filter((fault) => fault !== undefined);
  if (faults.length > 0) throw new LockConfigError(`Semaphore ${show(name)} cannot work`, faults);
}
