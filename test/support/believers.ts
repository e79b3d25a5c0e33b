/** Locks that are held for a while by one instance after the other, with an eye on whether two ever believe that they hold. */
import { LockUnavailableError, StaleFenceError, type Holdfast, type Lease } from '@holdfast/core';
import { FencedResource } from '@holdfast/testing';
import { setTimeout as pause } from 'node:timers/promises';

/** How each lock is asked for. */
export interface BelieverOptions {
  readonly ttlMs: number;
  readonly waitMs: number;
}

/** How much longer than until its end something may be held. */
const BEHIND_MS = 300;

/** What became of it. */
export interface BelieverTally {
  readonly granted: number;
  /** Requests that came to nothing while they were waited for. */
  readonly unavailable: number;
  /** Grants of a lock whose holder of before still believed. */
  readonly doubles: number;
  /** Writes that a resource refused, for somebody newer had written. */
  readonly refused: number;
}

export class Believers {
  readonly #options: BelieverOptions;
  readonly #resources = new Map<string, FencedResource<number>>();
  readonly #holders = new Map<string, Lease>();
  #granted = 0;
  #unavailable = 0;
  #doubles = 0;

  constructor(options: BelieverOptions) {
    this.#options = options;
  }

  /** Takes `name` in each of `instances`, holds it until `end` and a little longer, writes before and after. */
  async hold(instances: readonly Holdfast[], name: string, end: Promise<unknown>): Promise<void> {
    const { ttlMs, waitMs } = this.#options;
    const holdAlone = async ({ locks }: Holdfast): Promise<void> => {
      const lease = await locks.acquire(name, { ttl: ttlMs, wait: waitMs }).catch(this.#missed);
      if (lease === undefined) return;
      const write = this.#believe(name, lease);
      await end;
      await pause(Math.random() * BEHIND_MS);
      // Without a look at the lease: what a resource is for that compares fences.
      write();
      await lease.release();
    };
    await Promise.all(instances.map(holdAlone));
  }

  /** Fails when somebody wrote behind somebody newer. */
  get tally(): BelieverTally {
    const resources = [...this.#resources.values()];
    for (const { name, accepted } of resources)
      for (const [index, { fence }] of accepted.entries())
        if (fence < (accepted[index - 1]?.fence ?? 0)) throw new Error(`a stale write was accepted: ${name}`);
    return {
      granted: this.#granted,
      unavailable: this.#unavailable,
      doubles: this.#doubles,
      refused: resources.reduce((sum, { refused }) => sum + refused.length, 0),
    };
  }

  readonly #missed = (error: unknown): undefined => {
    if (!LockUnavailableError.is(error)) throw error;
    this.#unavailable += 1;
  };

  #believe(name: string, lease: Lease): () => void {
    this.#granted += 1;
    if (this.#holders.get(name)?.held === true) this.#doubles += 1;
    this.#holders.set(name, lease);
    const resource = this.#resources.get(name) ?? new FencedResource<number>(name);
    this.#resources.set(name, resource);
    const write = (): void => {
      try {
        resource.write(lease.fence, this.#granted);
      } catch (error) {
        if (!StaleFenceError.is(error)) throw error;
      }
    };
    write();
    return write;
  }
}
