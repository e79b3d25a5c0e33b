/**
 * Locks that each of some instances holds for a while and once, with an eye on whether two ever believe that they hold. Once,
 * for a lock that was held a moment ago is not granted to two even where it was forgotten: what was there before is in the way.
 */
import type { Holdfast, Lease } from '@holdfast/core';
import { FencedResource } from '@holdfast/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { within } from './eventually.js';

export interface HoldLoadOptions {
  /** A number is put behind them, each time another one. */
  readonly names: readonly string[];
  readonly ttlMs: number;
  /** The longest that one is held. */
  readonly mostMs: number;
  readonly waitMs: number;
}

/** What became of it. */
export interface HoldTally {
  readonly granted: number;
  /** Grants of a lock whose holder of before still believed. */
  readonly doubles: number;
  /** Writes that a resource refused, for somebody newer had written. */
  readonly refused: number;
  /** Requests that failed, by condition or code. */
  readonly failures: Readonly<Record<string, number>>;
}

/** What a call may take beyond its patience. */
const LATE_MS = 2_000;

export class HoldLoad {
  readonly #options: HoldLoadOptions;
  readonly #resources = new Map<string, FencedResource<number>>();
  readonly #holders = new Map<string, Lease>();
  readonly #failures = new Map<string, number>();
  readonly #workers: Promise<unknown>;
  readonly #stop = new AbortController();
  #granted = 0;
  #doubles = 0;

  constructor(instances: readonly Holdfast[], options: HoldLoadOptions) {
    this.#options = options;
    const workers = options.names.flatMap((name) => instances.map((one) => this.#work(one, name)));
    this.#workers = Promise.all(workers);
  }

  get granted(): number {
    return this.#granted;
  }

  /** Begins no more; fails when a call is not over in time, or when somebody wrote behind somebody newer. */
  async stop(): Promise<HoldTally> {
    this.#stop.abort();
    await within(this.#options.waitMs + LATE_MS, 'the calls under way', this.#workers);
    const resources = [...this.#resources.values()];
    for (const { name, accepted } of resources)
      for (const [index, { fence }] of accepted.entries())
        if (fence < (accepted[index - 1]?.fence ?? 0)) throw new Error(`a stale write was accepted: ${name}`);
    return {
      granted: this.#granted,
      doubles: this.#doubles,
      refused: resources.reduce((sum, { refused }) => sum + refused.length, 0),
      failures: Object.fromEntries(this.#failures),
    };
  }

  async #work({ locks }: Holdfast, name: string): Promise<void> {
    const { ttlMs, waitMs } = this.#options;
    for (let round = 1; !this.#stop.signal.aborted; round += 1) {
      try {
        await this.#hold(await locks.acquire(`${name}-${round}`, { ttl: ttlMs, wait: waitMs }));
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  async #hold(lease: Lease): Promise<void> {
    const name = lease.lockName;
    this.#granted += 1;
    if (this.#holders.get(name)?.held === true) this.#doubles += 1;
    this.#holders.set(name, lease);
    const resource = this.#resources.get(name) ?? new FencedResource<number>(name);
    this.#resources.set(name, resource);
    resource.write(lease.fence, this.#granted);
    const signal = AbortSignal.any([this.#stop.signal, lease.signal]);
    await pause(Math.random() * this.#options.mostMs, undefined, { signal }).catch(() => undefined);
    // Without a look at the lease: what a resource is for that compares fences.
    resource.write(lease.fence, this.#granted);
    await lease.release();
  }

  #failed(error: unknown): void {
    const told =
      error instanceof Error && 'condition' in error ? String(error.condition) : String(error).slice(0, 80);
    this.#failures.set(told, (this.#failures.get(told) ?? 0) + 1);
  }
}
