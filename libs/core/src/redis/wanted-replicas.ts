/** How many replicas have to have a grant or a renewal before it counts, and for how long that is waited for. */
import type { Clock } from '../time/clock.js';
import { UpSignal } from './up-signal.js';

/** Told of a connection to a single server. */
export const NOBODY_KNOWS =
  "replicas.atLeast: 'all' needs sentinels or a cluster, which know how many there are; give a number";

/** What `replicas` asks for. */
export interface ReplicaTerms {
  readonly atLeast: number | 'all';
  readonly withinMs: number;
  /** Whether they have to have it on disk, and the primary, too. */
  readonly fsynced: boolean;
}

/**
 * The number, which for `'all'` is what those say who know the replicas: sentinels, or the map of a cluster. It only
 * grows: a replica that is away may come back and be made the primary.
 */
export class WantedReplicas {
  readonly withinMs: number;
  readonly fsynced: boolean;
  readonly #fixed: boolean;
  readonly #known: UpSignal;
  #count: number | undefined;

  constructor({ atLeast, withinMs, fsynced }: ReplicaTerms, clock: Clock) {
    this.withinMs = withinMs;
    this.fsynced = fsynced;
    this.#fixed = atLeast !== 'all';
    this.#known = new UpSignal(clock);
    this.#count = atLeast === 'all' ? undefined : atLeast;
  }

  /** Whether somebody has to tell the number. */
  get hasToBeFound(): boolean {
    return !this.#fixed;
  }

  /** Nothing counts until it is known. */
  get count(): number | undefined {
    return this.#count;
  }

  /** There are so many. */
  found(count: number): void {
    if (this.#fixed || count <= (this.#count ?? 0)) return;
    this.#count = count;
    this.#known.raise();
  }

  /** Resolves when it is known, or after `withinMs`. */
  whenKnown(withinMs: number): Promise<void> {
    return this.#count === undefined ? this.#known.wait(withinMs) : Promise.resolve();
  }
}
