/** Composition root: joins the features to their store. Nothing else does. */
import type { LockService } from './lock/lock-service.js';
import type { HoldfastOptions } from './holdfast-options.js';

/** One instance: a namespace on a connection, with its features. */
export interface Holdfast {
  readonly locks: LockService;
  readonly namespace: string;
  readonly replica: string;
  /**
   * Waits until everybody who holds a lease right now has given it back, at most `withinMs`. New leases are granted
   * all the while. Resolves to how many of those holders are left.
   */
  drain(withinMs: number): Promise<number>;
  /**
   * Refuses new leases, aborts waits, waits up to `graceMs` (the `shutdownGrace` option unless told) for holders,
   * ends what is left (their signals abort), releases, and closes the connection. Never rejects; safe to call twice.
   */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts an instance.
 * @throws LockConfigError that lists every fault; LockUnavailableError or LockRefusedError with `preflight: 'refuse'`
 * @example `const holdfast = await createHoldfast({ connection: 'redis://localhost:6379', namespace: 'shop' })`
 */
export async function createHoldfast(options: HoldfastOptions): Promise<Holdfast> {
  void options;
  throw new Error('being written');
}
