/** A round's question to one server whether it agrees to a block of fences. */
import type { LeaseRef } from '../lease/lease-store.js';
import type { StoreError } from '../lease/store-error.js';
import type { VoteReply, VoteRequest } from './voting-store.js';

/** Whose vote it is. */
export interface VoteOwner {
  readonly request: LeaseRef & { readonly ttlMs: number };
  voteAnswered(server: number, answer: VoteReply | StoreError): void;
}

export class Vote implements VoteRequest {
  readonly identity: string;
  readonly token: string;
  readonly ttlMs: number;
  readonly lastFence: number;
  readonly #round: VoteOwner;
  readonly #server: number;

  constructor(round: VoteOwner, server: number, lastFence: number) {
    const { identity, token, ttlMs } = round.request;
    this.identity = identity;
    this.token = token;
    this.ttlMs = ttlMs;
    this.lastFence = lastFence;
    this.#round = round;
    this.#server = server;
  }

  answered(reply: VoteReply): void {
    this.#round.voteAnswered(this.#server, reply);
  }

  failed(error: StoreError): void {
    this.#round.voteAnswered(this.#server, error);
  }
}
