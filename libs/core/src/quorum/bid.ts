/** A round's request to one server to take the lock. */
import type { AcquireReply, AcquireRequest } from '../lease/lease-store.js';
import type { StoreError } from '../lease/store-error.js';

/** Whose bid it is. */
export interface BidOwner {
  readonly request: AcquireRequest;
  /** Not any more once its bids are taken back. */
  readonly wanted: boolean;
  bidAnswered(server: number, answer: AcquireReply | StoreError): void;
}

export class Bid implements AcquireRequest {
  readonly operation = 'acquire';
  readonly #round: BidOwner;
  readonly #server: number;

  constructor(round: BidOwner, server: number) {
    this.#round = round;
    this.#server = server;
  }

  get identity(): string {
    return this.#round.request.identity;
  }

  get token(): string {
    return this.#round.request.token;
  }

  get ttlMs(): number {
    return this.#round.request.ttlMs;
  }

  get queueing(): boolean {
    return this.#round.request.queueing;
  }

  get grantMs(): number {
    return this.#round.request.grantMs;
  }

  stillWanted(): boolean {
    return this.#round.wanted;
  }

  answered(reply: AcquireReply): void {
    this.#round.bidAnswered(this.#server, reply);
  }

  failed(error: StoreError): void {
    this.#round.bidAnswered(this.#server, error);
  }
}
