/** A server of a quorum whose answers a test gives by hand. */
import type { StoreError } from '@holdfast/core';
import type {
  AcquireReply,
  AcquireRequest,
  LeaseInspection,
  LeasePush,
  ReleaseRequest,
} from '../../../libs/core/src/lease/lease-store.js';
import type {
  LosingBid,
  Seat,
  VoteReply,
  VoteRequest,
  VotingStore,
} from '../../../libs/core/src/quorum/voting-store.js';

export class HandServer implements VotingStore {
  readonly label = 'by hand';
  readonly grantsArePrompt = false;
  readonly bids: AcquireRequest[] = [];
  readonly votes: VoteRequest[] = [];
  readonly steppedBack: LosingBid[] = [];
  #tell: (push: LeasePush) => void = () => undefined;

  acquire(request: AcquireRequest): void {
    this.bids.push(request);
  }

  /** Answers bid number `at`. */
  grant(at: number, fence: number): void {
    this.#answer(at, { outcome: 'granted', fence, sentAt: 0, epoch: 1 });
  }

  refuse(at: number, holder: string): void {
    const place = { remainingMs: 900, lastFence: 0, position: 1, joined: true };
    this.#answer(at, { outcome: 'taken', holder, ...place, sentAt: 0, epoch: 1 });
  }

  fail(at: number, error: StoreError): void {
    this.bids[at]?.failed(error);
  }

  vote(request: VoteRequest): void {
    this.votes.push(request);
  }

  /** Answers the last vote. */
  say(outcome: VoteReply['outcome'], sentAt = 0): void {
    this.votes.at(-1)?.answered({ outcome, sentAt, epoch: 1 });
  }

  stepBack(bid: LosingBid): void {
    this.steppedBack.push(bid);
  }

  onPush(listener: (push: LeasePush) => void): void {
    this.#tell = listener;
  }

  wake(token: string, identity: string): void {
    this.#tell({ kind: 'wake', token, identity, fence: 0, lastsMs: 0, epoch: 1 });
  }

  release(_request: ReleaseRequest): void {
    // Heard, and that is all.
  }

  rejoin(): void {
    // Nothing is renewed here.
  }

  listen(): Promise<void> {
    return Promise.resolve();
  }

  renew(): Promise<never> {
    return new Promise(() => undefined);
  }

  inspect(): Promise<LeaseInspection> {
    return new Promise(() => undefined);
  }

  seat(): Promise<Seat> {
    return new Promise(() => undefined);
  }

  #answer(at: number, reply: AcquireReply): void {
    this.bids[at]?.answered(reply);
  }
}
