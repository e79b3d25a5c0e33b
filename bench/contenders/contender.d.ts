/** What a contender is. */

export interface LockOptions {
  /** How long a dead holder would block the others. */
  readonly ttlMs: number;
  /** How long to wait for a busy lock. */
  readonly waitMs: number;
  /** How many may have it at once; one unless told. */
  readonly permits?: number;
}

export interface TryOptions {
  readonly ttlMs: number;
  /** How long the lock must stay taken after the grant; 0 for not at all. */
  readonly holdAtLeastMs: number;
}

/** A limit of `points` in each window. */
export interface Limit {
  readonly points: number;
  readonly windowMs: number;
}

/**
 * One connected contender. Options are always the same object for one workload, so that whatever can be prepared once
 * is prepared once, by every contender that can.
 */
export interface Client {
  /** Rejects when it gave up. */
  acquire?(key: string, options: LockOptions): Promise<unknown>;
  release?(handle: unknown): Promise<unknown>;
  /** `undefined` when the lock is busy. */
  tryOnce?(key: string, options: TryOptions): Promise<unknown>;
  /** Acquires, and renews until it is released. */
  hold?(key: string, options: { readonly ttlMs: number }): Promise<unknown>;
  isLost?(handle: unknown): boolean;
  /** Whether there was something left. */
  consume?(key: string, limit: Limit): Promise<boolean>;
  /** Does it unless it was done for that key; resolves to what came of it. */
  once?(key: string, body: () => unknown): Promise<unknown>;
}

/** `lock`: acquire what is free; `wait`: acquire what is busy; `tryOnce`; `hold`: renew; `limit`: consume; `permits`; `once`. */
export type Ability = 'lock' | 'wait' | 'tryOnce' | 'hold' | 'limit' | 'permits' | 'once';

export interface Contender {
  readonly name: string;
  /** One line for the report. */
  readonly about: string;
  readonly can: readonly Ability[];
  /** Why not. */
  readonly cannot?: Partial<Record<Ability, string>>;
  /** Why it is left out of quick runs. */
  readonly cannotInQuick?: Partial<Record<Ability, string>>;
  /** How its lock is spelled in Redis. */
  lockKeyOf?(key: string): string;
  /** What else stays in Redis for a name. */
  fenceKeyOf?(key: string): string;
  /** The command of Redis that is called once for each renewal. */
  readonly renewsWith?: string;
  connect(place: { readonly port: number; readonly processIndex: number }): Promise<Client>;
}
