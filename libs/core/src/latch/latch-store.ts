/** The port between latches and whatever counts their parts. Calls may stay pending; they reject with a `StoreError`. */

/** How many have arrived, how often all had, and whether what was asked about is so. */
export interface Arrivals {
  readonly open: boolean;
  readonly arrived: number;
  readonly passed: number;
}

/** Part of something. */
export interface Arrival {
  readonly identity: string;
  readonly part: string;
  readonly parties: number;
  /** Whether it begins anew when all have arrived. */
  readonly again: boolean;
  readonly keptMs: number;
}

/** A look, which may be that of somebody who waits. */
export interface LatchLook {
  readonly identity: string;
  readonly parties: number;
  /** Of a barrier, how often it had passed when the caller arrived. */
  readonly since?: number;
  /** Who waits, and for how long that is believed. */
  readonly waiting?: { readonly processId: string; readonly aliveMs: number };
}

/** Counts. */
export interface LatchStore {
  arrive(arrival: Arrival): Promise<Arrivals>;
  look(look: LatchLook): Promise<Arrivals>;
  /** Whether it was taken back; false when all have arrived since then. */
  withdraw(identity: string, part: string, since: number): Promise<boolean>;
  reset(identity: string): Promise<void>;
  /** Calls `woken` with the identity of what may have opened. */
  onWake(woken: (identity: string) => void): void;
}
