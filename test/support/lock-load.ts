/** A steady load of short locks on many names, each of which guards a resource that checks fences. */
import type { Holdfast, Lease } from '@holdfast/core';
import { FencedResource } from '@holdfast/testing';
import { setInterval as every } from 'node:timers/promises';
import { within } from './eventually.js';

export interface LockLoadOptions {
  readonly names: readonly string[];
  readonly perSecond: number;
  readonly waitMs: number;
}

/** What became of it. */
export interface LoadTally {
  readonly began: number;
  readonly granted: number;
  /** By code or message. */
  readonly failures: Readonly<Record<string, number>>;
  /** Writes that a resource refused, for somebody newer had written. */
  readonly refused: number;
  /** How often somebody was let in while another one was inside and believed to hold. */
  readonly overlaps: number;
}

const PACE_MS = 10;
/** What a call may take beyond its patience. */
const LATE_MS = 2_000;

export class LockLoad {
  readonly #instances: readonly Holdfast[];
  readonly #options: LockLoadOptions;
  readonly #resources = new Map<string, FencedResource<number>>();
  readonly #calls: Promise<void>[] = [];
  readonly #failures = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #pacing: Promise<void>;
  /** When each name was granted last. */
  readonly #grantedAt = new Map<string, number>();
  readonly #inside = new Map<string, Lease>();
  #granted = 0;
  #overlaps = 0;

  constructor(instances: readonly Holdfast[], options: LockLoadOptions) {
    this.#instances = instances;
    this.#options = options;
    this.#pacing = this.#pace();
  }

  get granted(): number {
    return this.#granted;
  }

  /** Whether each of `names`, all unless given, was granted after `at`. */
  grantedSince(at: number, names = this.#options.names): boolean {
    return names.every((name) => (this.#grantedAt.get(name) ?? 0) > at);
  }

  /** Begins no more; fails when a call is not over within its patience, or when somebody wrote behind somebody newer. */
  async stop(): Promise<LoadTally> {
    this.#stop.abort();
    await this.#pacing;
    const { waitMs } = this.#options;
    await within(waitMs + LATE_MS, 'the calls under way', Promise.all(this.#calls));
    const resources = [...this.#resources.values()];
    for (const { name, accepted } of resources)
      for (const [index, { fence }] of accepted.entries())
        if (fence <= (accepted[index - 1]?.fence ?? 0))
          throw new Error(`a stale write was accepted: ${name}`);
    return {
      began: this.#calls.length,
      granted: this.#granted,
      failures: Object.fromEntries(this.#failures),
      refused: resources.reduce((sum, { refused }) => sum + refused.length, 0),
      overlaps: this.#overlaps,
    };
  }

  async #pace(): Promise<void> {
    const startedAt = performance.now();
    try {
      for await (const _ of every(PACE_MS, undefined, { signal: this.#stop.signal })) {
        const due = ((performance.now() - startedAt) * this.#options.perSecond) / 1_000;
        while (this.#calls.length < due) this.#calls.push(this.#call(this.#calls.length));
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  async #call(number: number): Promise<void> {
    const { names, waitMs } = this.#options;
    const name = names[number % names.length] ?? '';
    const instance = this.#instances[number % this.#instances.length];
    try {
      await instance?.locks.run(name, { ttl: 1_000, wait: waitMs }, async (lease) => {
        this.#granted += 1;
        this.#grantedAt.set(name, performance.now());
        if (this.#inside.get(name)?.held === true) this.#overlaps += 1;
        this.#inside.set(name, lease);
        await new Promise((resolve) => setImmediate(resolve));
        lease.assertHeld();
        this.#resourceOf(name).write(lease.fence, number);
        if (this.#inside.get(name) === lease) this.#inside.delete(name);
      });
    } catch (error) {
      const told = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      this.#failures.set(told, (this.#failures.get(told) ?? 0) + 1);
    }
  }

  #resourceOf(name: string): FencedResource<number> {
    const resource = this.#resources.get(name) ?? new FencedResource<number>(name);
    this.#resources.set(name, resource);
    return resource;
  }
}
