/** One round of bids on all servers, and the votes on it when a majority took them. */
import type { AcquireReply, AcquireRequest } from '../lease/lease-store.js';
import type { StoreError } from '../lease/store-error.js';
import type { CancelTimer } from '../time/clock.js';
import type { Ballot } from './ballot.js';
import { isGranted, tallyBids, type BidAnswer } from './bid-tally.js';
import { tallyVotes, type VoteAnswer } from './vote-tally.js';
import type { VoteReply, VoteRequest } from './voting-store.js';

/** How bids are taken back. */
export interface LetGo {
  readonly queueing: boolean;
  readonly wake: boolean;
}

/** How long the answers of the last servers are waited for, where it is they that decide. */
const LAST_ANSWERS_MS = 100;
const FENCE_BLOCK = 16;
const nothing = (): void => undefined;

export class BidRound {
  readonly #ballot: Ballot;
  readonly #bids: BidAnswer[];
  /** Of the servers that were asked to vote; nothing while they have not answered. */
  readonly #votes = new Map<number, VoteAnswer>();
  #lastFence = 0;
  #state: 'bidding' | 'voting' | 'over' = 'bidding';
  #letGo: LetGo | undefined;
  #retired = false;
  #cancel: CancelTimer | undefined;

  constructor(ballot: Ballot) {
    this.#ballot = ballot;
    this.#bids = ballot.servers.map(() => undefined);
  }

  begin(): void {
    for (const [server, store] of this.#ballot.servers.entries()) store.acquire(new Bid(this, server));
  }

  get request(): AcquireRequest {
    return this.#ballot.request;
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
      this.#cancel ??= this.#ballot.clock.setTimer(LAST_ANSWERS_MS, () => this.#judgeBids(false), 'ref');
      return;
    }
    this.#stopWaiting();
    if (tally.verdict === 'won') return this.#askForVotes(tally.lastFence);
    this.#state = 'over';
    if (this.#retired) return;
    if (tally.verdict === 'taken') this.#ballot.taken(tally.reply);
    else if (tally.verdict === 'split') this.#ballot.split(tally.reply, tally.lowest);
    else this.#ballot.failed(tally.error);
  }

  /** Also of servers that have not answered the bid: the vote arrives behind it. */
  #askForVotes(lastFence: number): void {
    this.#state = 'voting';
    this.#lastFence = lastFence;
    const asked = [...this.#bids.keys()].filter(
      (server) => this.#bids[server] === undefined || isGranted(this.#bids[server]),
    );
    for (const server of asked) this.#votes.set(server, undefined);
    for (const server of asked) this.#ballot.servers[server]?.vote(new Vote(this, server, lastFence));
  }

  #judgeVotes(): void {
    const tally = tallyVotes(this.#bids.length, [...this.#votes.values()]);
    if (tally.verdict === 'open') return;
    this.#state = 'over';
    if (tally.verdict === 'won') {
      const { sentAt } = tally;
      this.#ballot.won({ outcome: 'granted', fence: this.#firstFence, sentAt, epoch: 0 });
    } else if (this.#retired) return;
    else if (tally.verdict === 'again') this.#ballot.again();
    else this.#ballot.failed(tally.error);
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
    this.#ballot.servers[server]?.stepBack({ identity, token, fence, ...this.#letGo });
  }

  #stopWaiting(): void {
    this.#cancel?.();
    this.#cancel = nothing;
  }
}

class Bid implements AcquireRequest {
  readonly operation = 'acquire';
  readonly #round: BidRound;
  readonly #server: number;

  constructor(round: BidRound, server: number) {
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

class Vote implements VoteRequest {
  readonly identity: string;
  readonly token: string;
  readonly ttlMs: number;
  readonly lastFence: number;
  readonly #round: BidRound;
  readonly #server: number;

  constructor(round: BidRound, server: number, lastFence: number) {
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
