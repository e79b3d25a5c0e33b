/**
 * The port between the engine and whatever keeps leases: one Redis, the embedded host, later a quorum of stores.
 * Every reply is a union; trouble is a `StoreError`. Calls may stay pending while the server is silent. Requests that
 * come by the thousand are told their answer themselves, later and once, which costs no promise; they must not throw.
 */
import type { Share } from './demand.js';
import type { Durability } from './durability.js';
import type { StoreError } from './store-error.js';

/** Everything the store knows a lease by. Made once per acquire; the store spells the keys. */
export interface LeaseRef {
  /** The name and key, encoded so that no two different ones are equal. */
  readonly identity: string;
  /** Proof of one tenure. */
  readonly token: string;
}

/** One attempt to take a lock. Sent again with the same token it is the same request. */
export interface AcquireRequest extends LeaseRef {
  readonly operation: 'acquire';
  readonly ttlMs: number;
  /** Where there are several permits, how many are wanted. */
  readonly share?: Share | undefined;
  /** Where what came of it is remembered: from which fence on, 0 for any; `undefined` for none. */
  readonly outcomeSince?: number | undefined;
  /** Whether to join the queue, or keep the place in it, when somebody else holds. */
  readonly queueing: boolean;
  /** How long a pushed grant may last until it is confirmed. */
  readonly grantMs: number;
  /** `false` once the acquisition was given up: it must not be sent again behind its own clean-up. */
  stillWanted(): boolean;
  answered(reply: AcquireReply): void;
  failed(error: StoreError): void;
}

/** What a deadline may be counted from, and on which connection. */
export interface Sent {
  readonly sentAt: number;
  readonly epoch: number;
}

export type AcquireReply =
  | (Sent & { readonly outcome: 'granted'; readonly fence: number })
  | (Sent & {
      readonly outcome: 'taken';
      /** Token of the holder; empty when the lock was between two holders. */
      readonly holder: string;
      /** -1 when the key has no expiry, which nothing of ours does. */
      readonly remainingMs: number;
      /** The last fence issued: a grant with a higher one came after this reply. */
      readonly lastFence: number;
      /** 1 watches the expiry; 0 has no place in the queue. */
      readonly position: number;
      /** Whether this call made the entry, which for a poll means that a grant was missed. */
      readonly joined: boolean;
      /** What came of it, where that is remembered: nobody has to be granted anything. */
      readonly told?: string | undefined;
    });

/** One lease to renew. */
export interface RenewMember extends LeaseRef {
  readonly ttlMs: number;
}

/** What happened to one member of a renewal. An error is data: it says nothing about the others. */
export type RenewReply =
  | { readonly outcome: 'renewed' }
  | { readonly outcome: 'lost' }
  | { readonly outcome: 'failed'; readonly error: Error };

/** The end of a tenure, or of a place in the queue. */
export interface ReleaseRequest extends LeaseRef {
  readonly operation: 'release';
  /** How long the lock must stay taken after this, for `holdAtLeast`; 0 frees it now. */
  readonly holdMs: number;
  /** `false`: this token did not hold. */
  answered(released: boolean): void;
  failed(error: StoreError): void;
}

/** What `inspect` tells about a name. */
export interface LeaseInspection {
  /** Token of the holder, `undefined` when nobody holds. */
  readonly holder: string | undefined;
  readonly remainingMs: number;
  readonly lastFence: number;
  readonly waiting: number;
}

/**
 * Something the server told on its own. `granted`: the lock is the waiter's for `lastsMs`; `wake`: ask again now;
 * `held`: the lock stays taken for `lastsMs` more although its holder is done.
 */
export interface LeasePush {
  readonly kind: 'granted' | 'wake' | 'held';
  readonly token: string;
  readonly identity: string;
  readonly fence: number;
  readonly lastsMs: number;
  /** The connection it came on if that is the one which carries the calls; else the push is only a wake-up. */
  readonly epoch: number | undefined;
}

/** Pushes the ends of leases out: all that the keeper needs, whatever a lease is made of. */
export interface LeaseRenewals {
  /** How many members a call may have. @defaultValue 128 */
  readonly mostRenewals?: number;
  /** One reply a member, in order. `sentAt` holds for all of them. */
  renew(members: readonly RenewMember[]): Promise<Sent & { readonly replies: readonly RenewReply[] }>;
}

/** Keeps leases. Calls reach the server in the order in which they are made. */
export interface LeaseStore extends LeaseRenewals {
  acquire(request: AcquireRequest): void;
  /** Releases a tenure, or takes a waiter out of the queue. */
  release(request: ReleaseRequest): void;
  inspect(identity: string): Promise<LeaseInspection>;
  /** Whether a push that came in order may be used before it is confirmed; no with replicas and in a quorum. */
  readonly grantsArePrompt: boolean;
  /** Whether several may hold a name at once. Then each of them stands in line for himself, also of one process. */
  readonly shared?: true;
  /** What its grants withstand. @defaultValue efficiency */
  readonly durability?: Durability;
  onPush(listener: (push: LeasePush) => void): void;
}
