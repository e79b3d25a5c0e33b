/**
 * One attempt of an acquisition: rounds of bids until a majority voted for it, somebody else has one, or none can be had.
 *
 * In a split nobody has a majority. The lowest of the tokens that bid stays and asks again; the others step back at once,
 * to the end of the line if they stand in it, else they try once more after a while. Another attempt of the same
 * acquisition takes its bids over: from then on this one may still be granted, and does nothing else.
 */
import type { AcquireReply, AcquireRequest } from '../lease/lease-store.js';
import type { StoreError } from '../lease/store-error.js';
import type { CancelTimer, Clock } from '../time/clock.js';
import { BidRound, type LetGo, type RoundOwner } from './bid-round.js';
import type { Taken } from './bid-tally.js';
import { noQuorum } from './no-quorum.js';
import type { VotingStore } from './voting-store.js';

/** What ballots work with. */
export interface BallotParts {
  readonly servers: readonly VotingStore[];
  readonly clock: Clock;
  readonly over: () => void;
}

/** So many rounds without a majority, and the next attempt may try. */
const MOST_ROUNDS = 8;
/** How soon who stays asks again: the others have heard of it by then. */
const STAYING_MS = 3;
/** How much longer who stepped back leaves the field to the others, each time. */
const STEPPED_BACK_MS = 12;

const nothing = (): void => undefined;

export class Ballot implements RoundOwner {
  readonly request: AcquireRequest;
  readonly #parts: BallotParts;
  #round: BidRound | undefined;
  #rounds = 0;
  #cancel: CancelTimer = nothing;
  #over = false;

  constructor(request: AcquireRequest, parts: BallotParts) {
    this.request = request;
    this.#parts = parts;
  }

  get servers(): readonly VotingStore[] {
    return this.#parts.servers;
  }

  get clock(): Clock {
    return this.#parts.clock;
  }

  begin(): void {
    this.#cancel = nothing;
    this.#rounds += 1;
    this.#round?.retire();
    this.#round = new BidRound(this);
    this.#round.begin();
  }

  /** Its bids are another's to answer for. */
  retire(): void {
    this.#cancel();
    this.#round?.retire();
  }

  won(reply: AcquireReply): void {
    this.#end();
    this.request.answered(reply);
  }

  taken(reply: Taken): void {
    this.#letGo({ queueing: this.request.queueing, wake: false });
    this.#end();
    this.request.answered(reply);
  }

  split(reply: Taken, lowest: string): void {
    const { token, queueing } = this.request;
    const tired = this.#rounds >= MOST_ROUNDS || !this.request.stillWanted();
    if (lowest === token && !tired) return this.again();
    const bids = this.#letGo({ queueing, wake: true });
    if (!queueing && !tired && bids > 0) {
      this.#after(STEPPED_BACK_MS * this.#rounds * (0.5 + Math.random()));
      return;
    }
    this.#end();
    this.request.answered(reply);
  }

  again(): void {
    if (this.#rounds >= MOST_ROUNDS) this.failed(noQuorum(this.servers.length, []));
    else this.#after(STAYING_MS * (0.5 + Math.random()));
  }

  failed(error: StoreError): void {
    // Nobody is told: who asks now is not served either.
    this.#letGo({ queueing: this.request.queueing, wake: false });
    this.#end();
    this.request.failed(error);
  }

  #letGo(how: LetGo): number {
    return this.#round?.letGo(how) ?? 0;
  }

  #after(delayMs: number): void {
    this.#cancel = this.#parts.clock.setTimer(delayMs, () => this.begin(), 'ref');
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#parts.over();
  }
}
