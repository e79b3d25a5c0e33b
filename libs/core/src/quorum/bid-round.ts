/** One round of bids on all servers, and the votes on it when a majority took them. */
import type { AcquireReply, AcquireRequest } from '../lease/lease-store.js';
import type { StoreError } from '../lease/store-error.js';
import { FENCE_BLOCK } from '../lease/tenure.js';
import type { CancelTimer, Clock } from '../time/clock.js';
import { Bid, type BidOwner } from './bid.js';
import { isGranted, tallyBids, type BidAnswer, type Taken } from './bid-tally.js';
import { tallyVotes, type VoteAnswer } from './vote-tally.js';
import { Vote, type VoteOwner } from './vote.js';
import type { VoteReply, VotingStore } from './voting-store.js';

/** Whose round it is, and who is told what it came to. */
export interface RoundOwner {
  readonly request: AcquireRequest;
  readonly servers: readonly VotingStore[];
  readonly clock: Clock;
  won(reply: AcquireReply): void;
  /** Somebody else has a majority, or will. */
  taken(reply: Taken): void;
  /** Nobody has one; `lowest` is the first of all tokens that bid. */
  split(reply: Taken, lowest: string): void;
  /** Another round may win with the bids that there are. */
  again(): void;
  failed(error: StoreError): void;
}

/** How bids are taken back. */
export interface LetGo {
  readonly queueing: boolean;
  readonly wake: boolean;
}

/** How long the answers of the last servers are waited for, where it is they that decide. */
const LAST_ANSWERS_MS = 100;
const nothing = (): void => undefined;

export class BidRound implements BidOwner, VoteOwner {
  readonly #owner: RoundOwner;
  readonly #bids: BidAnswer[];
  /** Of the servers that were asked to vote; nothing while they have not answered. */
  readonly #votes = new Map<number, VoteAnswer>();
  #lastFence = 0;
  #state: 'bidding' | 'voting' | 'over' = 'bidding';
  #letGo: LetGo | undefined;
  #retired = false;
  #cancel: CancelTimer | undefined;

  constructor(owner: RoundOwner) {
    this.#owner = owner;
    this.#bids = owner.servers.map(() => undefined);
  }

  begin(): void {
    for (const [server, store] of this.#owner.servers.entries()) store.acquire(new Bid(this, server));
  }

  get request(): AcquireRequest {
    return this.#owner.request;
  }

  get wanted(): boolean {
    return this.#letGo === undefined && this.request.stillWanted();
  }

  /** Its bids are another round's to answer for: it may win, and does nothing else. */
  retire(): void {
    this.#retired = true;
    this.#stopWaiting();
  }

  /** Takes all bids back, also those whose answer comes later; says how many it has now. */
  letGo(how: LetGo): number {
    this.#state = 'over';
    this.#stopWaiting();
    if (this.#retired) return 0;
    this.#letGo = how;
    for (const server of this.#bids.keys()) this.#stepBack(server);
    return this.#bids.filter(isGranted).length;
  }

  bidAnswered(server: number, answer: AcquireReply | StoreError): void {
    this.#bids[server] = answer;
    if (this.#letGo !== undefined) this.#stepBack(server);
    else if (this.#state === 'bidding') this.#judgeBids(true);
  }

  voteAnswered(server: number, answer: VoteReply | StoreError): void {
    this.#votes.set(server, answer);
    if (this.#letGo !== undefined) this.#stepBack(server);
    else if (this.#state === 'voting') this.#judgeVotes();
  }

  #judgeBids(waiting: boolean): void {
    const tally = tallyBids(this.request.token, this.#bids, waiting);
    if (tally.verdict === 'open') {
      // Only a split is decided without them: while too few answer, the next attempt does no harm.
      this.#cancel ??= this.#owner.clock.setTimer(LAST_ANSWERS_MS, () => this.#judgeBids(false), 'ref');
      return;
    }
    this.#stopWaiting();
    if (tally.verdict === 'won') return this.#askForVotes(tally.lastFence);
    this.#state = 'over';
    if (this.#retired) return;
    if (tally.verdict === 'taken') this.#owner.taken(tally.reply);
    else if (tally.verdict === 'split') this.#owner.split(tally.reply, tally.lowest);
    else this.#owner.failed(tally.error);
  }

  /** Also of servers that have not answered the bid: the vote arrives behind it. */
  #askForVotes(lastFence: number): void {
    this.#state = 'voting';
    this.#lastFence = lastFence;
    const asked = [...this.#bids.keys()].filter(
      (server) => this.#bids[server] === undefined || isGranted(this.#bids[server]),
    );
    for (const server of asked) this.#votes.set(server, undefined);
    for (const server of asked) this.#owner.servers[server]?.vote(new Vote(this, server, lastFence));
  }

  #judgeVotes(): void {
    const tally = tallyVotes(this.#bids.length, [...this.#votes.values()]);
    if (tally.verdict === 'open') return;
    this.#state = 'over';
    if (tally.verdict === 'won') {
      const { sentAt } = tally;
      this.#owner.won({ outcome: 'granted', fence: this.#firstFence, sentAt, epoch: 0 });
    } else if (this.#retired) return;
    else if (tally.verdict === 'again') this.#owner.again();
    else this.#owner.failed(tally.error);
  }

  get #firstFence(): number {
    return this.#lastFence - FENCE_BLOCK + 1;
  }

  /** Waits for the vote where one is under way: it decides which fences the bid has. */
  #stepBack(server: number): void {
    const bid = this.#bids[server];
    const vote = this.#votes.get(server);
    if (!isGranted(bid) || this.#letGo === undefined) return;
    if (vote === undefined && this.#votes.has(server)) return;
    const voted = vote !== undefined && 'outcome' in vote && vote.outcome === 'voted';
    const { identity, token } = this.request;
    const fence = voted ? this.#firstFence : bid.fence;
    this.#owner.servers[server]?.stepBack({ identity, token, fence, ...this.#letGo });
  }

  #stopWaiting(): void {
    this.#cancel?.();
    this.#cancel = nothing;
  }
}
