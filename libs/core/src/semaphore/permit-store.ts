/** The port between semaphores and whatever keeps their permits. Calls may stay pending. */
import type { LeaseStore } from '../lease/lease-store.js';

/** Somebody who has permits. */
export interface PermitHolder {
  readonly token: string;
  readonly permits: number;
  readonly fence: number;
  readonly remainingMs: number;
}

/** What is known about a semaphore from outside. */
export interface PermitInspection {
  /** How many permits there are, where that was said for all. */
  readonly size: number | undefined;
  /** How many are taken. */
  readonly taken: number;
  readonly waiting: number;
  /** The last fence issued; 0 if there was none for a day. */
  readonly lastFence: number;
  /** Those whose leases end first, so many as were asked for. */
  readonly holders: readonly PermitHolder[];
}

/** Keeps leases of which a name has several. */
export interface PermitStore extends LeaseStore {
  /** Says for all how many permits there are, for `keptMs`; `undefined` leaves it to the callers again. */
  resize(identity: string, permits: number | undefined, keptMs: number): Promise<void>;
  look(identity: string, most: number): Promise<PermitInspection>;
}
