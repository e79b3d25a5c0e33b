/** The port between a quorum and each of its servers: a lease store whose grants are only bids until it has voted. */
import type { LeaseRef, LeaseStore, RenewMember, Sent } from '../lease/lease-store.js';
import type { StoreError } from '../lease/store-error.js';

/** What a server is asked to agree to. */
export interface VoteRequest extends LeaseRef {
  readonly ttlMs: number;
  /** The last fence of the block, the same for all servers. */
  readonly lastFence: number;
  answered(reply: VoteReply): void;
  failed(error: StoreError): void;
}

/**
 * `lost`: the token does not hold there; `outrun`: fences as high were issued there; `absent`: the server lost something,
 * and has no vote until whatever it may have forgotten is over.
 */
export type VoteReply = Sent & { readonly outcome: 'voted' | 'lost' | 'outrun' | 'absent' };

/** A bid that did not win. */
export interface LosingBid extends LeaseRef {
  /** The first fence that the server gave to it: a later bid of the same token has another. */
  readonly fence: number;
  readonly queueing: boolean;
  /** Whether the first in line is told; not while another has the majority. */
  readonly wake: boolean;
}

/** What a server says of itself. */
export interface Seat {
  /** For how long it has had everything that it was told. */
  readonly ageMs: number;
  /** Its clock, in milliseconds since 1970. */
  readonly serverMs: number;
  /** Different for every server, and for every start of it. */
  readonly runId: string;
}

/** One server of a quorum. */
export interface VotingStore extends LeaseStore {
  /** For messages, without credentials. */
  readonly label: string;
  listen(processId: string): Promise<void>;
  /** Sent behind the bid of the token. */
  vote(request: VoteRequest): void;
  /** Sent behind the bid; nobody waits for the answer, for what it leaves ends by itself. */
  stepBack(bid: LosingBid): void;
  /** Has it again, unless somebody else does; nobody waits for the answer. */
  rejoin(member: RenewMember): void;
  seat(): Promise<Seat>;
}
