/**
 * The handle of a test on locks that live in memory: move the clock, take a lock from outside, take one away, look.
 *
 * It is another process of the same service, as far as the application under test can tell.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  createHoldfast,
  type Holdfast,
  type HoldfastOptions,
  type Lease,
  type LockKey,
} from '@holdfast/core';
import { embedded, SettableClock, type DumpedKey, type EmbeddedProvider } from '@holdfast/embedded';
import { KeyReader } from './key-reader.js';

/** Options of {@link LockTesting}. */
export interface LockTestingOptions {
  /** @defaultValue 'test' */
  readonly namespace?: string | undefined;
  /** Several of them may share a clock. @defaultValue one of its own */
  readonly clock?: SettableClock | undefined;
}

const STEP_MS = 10;
const SHUTDOWN_WITHIN_MS = 30_000;

/** Locks in memory, on a clock that stands still until the test moves it. */
export class LockTesting {
  readonly clock: SettableClock;
  readonly namespace: string;
  /** The server in memory, for `connection` and for its `controls`. */
  readonly connection: EmbeddedProvider;
  readonly #keys: KeyReader;
  readonly #opened = new Set<Holdfast>();
  readonly #leases = new Set<Lease>();
  #outsider: Promise<Holdfast> | undefined;
  #timePasses: Promise<void> | undefined;

  constructor({ namespace = 'test', clock = new SettableClock() }: LockTestingOptions = {}) {
    this.namespace = namespace;
    this.clock = clock;
    this.connection = embedded({ clock });
    this.#keys = new KeyReader(this.connection);
  }

  /**
   * Starts an instance for the application under test, in the place of the one that it would start itself. While it
   * drains and closes, time passes by itself.
   */
  async open(options: Omit<Partial<HoldfastOptions>, 'connection' | 'namespace'> = {}): Promise<Holdfast> {
    const { connection, namespace } = this;
    const holdfast = await createHoldfast({ ...options, connection, namespace });
    this.#opened.add(holdfast);
    return {
      ...holdfast,
      drain: (withinMs) => this.#whileTimePasses(holdfast.drain(withinMs)),
      stopJobs: (withinMs) => this.#whileTimePasses(holdfast.stopJobs(withinMs)),
      close: (graceMs) => this.#whileTimePasses(holdfast.close(graceMs)),
    };
  }

  /**
   * Another process takes the lock, and keeps it until you release the lease. Renewed as you advance the clock.
   * @throws LockBusyError when it is held already
   */
  async holdElsewhere(lockName: string, key?: LockKey): Promise<Lease> {
    const { locks } = await this.#elsewhere();
    const lease = await locks.acquire(lockName, { wait: 0, ...(key === undefined ? {} : { key }) });
    this.#leases.add(lease);
    return lease;
  }

  /**
   * Deletes the key of a lock, as an administrator or a lost server would: its holder is told at the next renewal,
   * which comes within a third of the ttl when you advance the clock.
   * @throws Error when nobody holds it
   */
  async lose(lockName: string, key?: LockKey): Promise<void> {
    const held = await this.isHeld(lockName, key);
    const { lockKey } = this.#keys;
    if (!held || lockKey === undefined) throw new Error(`Nobody holds ${describe(lockName, key)}`);
    this.connection.controls.command('DEL', lockKey);
  }

  /** Whether anybody holds the lock, or `holdAtLeast` keeps it taken. */
  async isHeld(lockName: string, key?: LockKey): Promise<boolean> {
    const { locks } = await this.#elsewhere();
    return (await locks.inspect(lockName, key)).held;
  }

  /** Everything that the server keeps, by key. */
  dump(): Readonly<Record<string, DumpedKey>> {
    return this.connection.controls.dump();
  }

  /** Gives back what was held elsewhere and closes what {@link open} opened. Safe to call twice. */
  async close(): Promise<void> {
    await Promise.all([...this.#leases].map((lease) => lease.release()));
    const outsider = await this.#outsider;
    const instances = outsider === undefined ? [...this.#opened] : [...this.#opened, outsider];
    await this.#whileTimePasses(Promise.all(instances.map((instance) => instance.close(0))));
  }

  /**
   * Lets time pass at the pace of real time until no instance is connected any more. For a shutdown that waits for
   * holders: on a clock that stands still it would wait for ever.
   */
  passTimeUntilClosed(): Promise<void> {
    const { controls } = this.connection;
    this.#timePasses ??= this.#passTime(() => controls.connections.length === 0).finally(() => {
      this.#timePasses = undefined;
    });
    return this.#timePasses;
  }

  async #whileTimePasses<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const settled = work.finally(() => (done = true));
    settled.catch(() => undefined);
    await this.#passTime(() => done);
    return settled;
  }

  async #passTime(until: () => boolean): Promise<void> {
    const givesUpAt = performance.now() + SHUTDOWN_WITHIN_MS;
    await this.clock.settle();
    while (!until() && performance.now() < givesUpAt) {
      await pause(STEP_MS);
      // Somebody else may be moving the clock at this moment, which serves us as well.
      await this.clock.advance(STEP_MS).catch(() => undefined);
    }
  }

  #elsewhere(): Promise<Holdfast> {
    const { namespace } = this;
    this.#outsider ??= createHoldfast({ connection: this.#keys, namespace, replica: 'elsewhere' });
    return this.#outsider;
  }
}

function describe(lockName: string, key: LockKey | undefined): string {
  return key === undefined
    ? `"${lockName}"`
    : `"${lockName}" with key ${[key].flat().map(String).join(', ')}`;
}
