/** The port between what is done once and whatever remembers that: leases, and what came of them. */
import type { LeaseStore } from '../lease/lease-store.js';

/** Whether it was written down; where another one has taken over, what that one wrote down, if anything yet. */
export type Finished =
  { readonly written: true } | { readonly written: false; readonly theirs: string | undefined };

/** Calls may stay pending; they reject with a `StoreError`. */
export interface OnceStore extends LeaseStore {
  /**
   * Writes down what came of it and gives the lease back, unless another one has been granted it since; again with the same
   * words is the same as once.
   */
  finish(done: {
    readonly identity: string;
    readonly token: string;
    readonly told: string;
    readonly rememberMs: number;
  }): Promise<Finished>;
  forget(identity: string): Promise<boolean>;
}
