/**
 * One request for one lease, from the first attempt to a grant, a refusal or giving up.
 *
 * Every attempt carries the same token, so asking again is safe whatever became of the last one; joining the queue,
 * keeping the place in it and taking the lock are one call. While in line it asks once a second (its heartbeat) and,
 * at the head, when the holder's lease should be over; a push cuts that short. There is one timer: it times the
 * attempt, the next one, or the end of waiting, whichever is first. Giving up sends one release behind everything.
 */
import { LockRefusedError } from '../acquire-errors.js';
import { backoffMs } from '../time/backoff.js';
import { FIRST_GRANT_MS, POLL_MS, RETRY, type AcquisitionParts, type Attempt } from './acquisition-parts.js';
import { validityMs } from './deadline.js';
import type { Demand, Settlement } from './demand.js';
import type { AcquireReply, LeasePush } from './lease-store.js';
import { deadlineOfPush, type PolledInLine } from './pushed-grant.js';
import { asStoreError, noAnswer, type StoreError } from './store-error.js';
import { NOTHING_KNOWN, Ticket, type Standing } from './ticket.js';

export class Acquisition {
  readonly #parts: AcquisitionParts;
  readonly #ticket: Ticket;
  #token: string;
  #grantMs: number;
  #state: 'idle' | 'asking' | 'resting' | 'granted' | 'given-up' = 'idle';
  #attempts = 0;
  #failures = 0;
  #harmless = 0;
  #poll: PolledInLine | undefined;
  #standing: Standing = NOTHING_KNOWN;
  #push: LeasePush | undefined;

  constructor(demand: Demand, parts: AcquisitionParts) {
    this.#parts = parts;
    this.#token = parts.tokens.next();
    this.#grantMs = Math.min(demand.ttlMs, FIRST_GRANT_MS);
    const patienceMs = demand.waitMs === 0 ? parts.attemptTimeoutMs : demand.waitMs;
    this.#ticket = new Ticket(demand, parts.clock, { patienceMs, giveUp: (error) => this.giveUp(error) });
  }

  get demand(): Demand {
    return this.#ticket.demand;
  }

  /** Rejects with a `LockError`. */
  get settled(): Promise<Settlement> {
    return this.#ticket.settled;
  }

  get token(): string {
    return this.#token;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Waits behind another acquisition of this process, whose `standing` tells what there is to know. */
  waitBehind(front: () => Standing): void {
    const idle = (): void => undefined;
    this.#ticket.arm(Infinity, idle, () => this.#timeIsOver(front()));
  }

  /** Begins to ask; `known` is what an acquisition before it in line found out. */
  start(known: Standing = NOTHING_KNOWN): void {
    if (this.#state !== 'idle') return;
    this.#standing = known;
    this.#ask();
  }

  /** Something was pushed for this token. */
  pushed(push: LeasePush): void {
    if (!this.#waiting) return;
    if (push.kind === 'held') {
      if (this.#state === 'resting') this.#restInLine(push.lastsMs);
      return;
    }
    this.#push = push;
    if (!this.#usePush() && this.#state === 'resting') this.#ask();
  }

  /** Ends the acquisition without a trace. Does nothing when it is over. */
  giveUp(error: Error): void {
    if (this.#leaveNothingBehind()) this.#ticket.reject(error);
  }

  get #waiting(): boolean {
    return this.#state === 'asking' || this.#state === 'resting';
  }

  #ask(): void {
    this.#state = 'asking';
    this.#push = undefined;
    const attempt = { number: (this.#attempts += 1), token: this.#token, grantMs: this.#grantMs };
    const { identity, ttlMs, waitMs } = this.demand;
    const stillWanted = (): boolean => this.#waiting && attempt.token === this.#token;
    this.#arm(this.#parts.attemptTimeoutMs, () => this.#failed(attempt, noAnswer()));
    this.#parts.store.acquire({ ...attempt, identity, ttlMs, queueing: waitMs > 0, stillWanted }).then(
      (reply) => this.#answered(attempt, reply),
      (error: unknown) => this.#failed(attempt, asStoreError(error)),
    );
  }

  #answered(attempt: Attempt, reply: AcquireReply): void {
    if (reply.outcome === 'granted') this.#granted(attempt, reply);
    else if (this.#isLatest(attempt)) this.#taken(attempt, reply);
  }

  /** Also for an attempt that was given up for lost: its answer is as good as any. */
  #granted({ token }: Attempt, { fence, sentAt }: { fence: number; sentAt: number }): void {
    if (this.#state === 'granted' && token === this.#token) return;
    const deadline = sentAt + validityMs(this.demand.ttlMs);
    const wanted = this.#waiting && token === this.#token;
    if (wanted && this.#parts.clock.now() < deadline) {
      this.#grant({ fence, sentAt, deadline }, true);
      return;
    }
    this.#giveBack(token);
    if (!wanted) return;
    // The answer took longer than the lease lasts. A token that was given back is never used again.
    this.#token = this.#parts.tokens.next();
    this.#ask();
  }

  #taken({ grantMs }: Attempt, reply: Extract<AcquireReply, { outcome: 'taken' }>): void {
    const missedGrant = reply.joined && this.#poll !== undefined;
    if (missedGrant) this.#grantMs = Math.min(this.#grantMs * 2, this.demand.ttlMs);
    this.#failures = 0;
    this.#poll = { reply, grantMs };
    this.#standing = { taken: { holder: reply.holder, remainingMs: reply.remainingMs }, trouble: undefined };
    if (this.demand.waitMs === 0) this.#timeIsOver();
    else if (this.#usePush()) return;
    else if (this.#push !== undefined) this.#ask();
    else this.#restInLine(reply.position === 1 && reply.remainingMs >= 0 ? reply.remainingMs : Infinity);
  }

  #failed(attempt: Attempt, error: StoreError): void {
    if (!error.ambiguous && !error.permanent) this.#harmless += 1;
    if (!this.#isLatest(attempt)) return;
    this.#standing = { taken: this.#standing.taken, trouble: error };
    const { lockName } = this.demand;
    if (error.permanent)
      this.giveUp(new LockRefusedError(lockName, { condition: error.condition, cause: error }));
    else if (error.condition === 'timeout') this.#ask();
    else this.#rest(backoffMs(RETRY, this.#failures++));
  }

  /** Takes what was pushed, if it may be used before it is confirmed. */
  #usePush(): boolean {
    const poll = this.#poll;
    if (this.#push === undefined || poll === undefined || !this.#parts.store.grantsArePrompt) return false;
    const deadline = deadlineOfPush(this.#push, poll, this.#parts.clock.now());
    if (deadline === undefined) return false;
    this.#grant({ fence: this.#push.fence, sentAt: poll.reply.sentAt, deadline }, false);
    return true;
  }

  #grant(terms: { fence: number; sentAt: number; deadline: number }, confirmed: boolean): void {
    this.#state = 'granted';
    this.#standing = { taken: { holder: this.#token, remainingMs: this.demand.ttlMs }, trouble: undefined };
    this.#ticket.grant(this.#token, terms, confirmed);
  }

  /** Until the next heartbeat, or until the holder's lease should be over. */
  #restInLine(expiresInMs: number): void {
    this.#rest(Math.min(POLL_MS, expiresInMs + 1));
  }

  #rest(delayMs: number): void {
    this.#state = 'resting';
    this.#arm(delayMs, () => this.#ask());
  }

  #arm(delayMs: number, then: () => void): void {
    this.#ticket.arm(delayMs, then, () => this.#timeIsOver());
  }

  #timeIsOver(standing = this.#standing): void {
    if (this.#leaveNothingBehind()) this.#ticket.timeIsOver(standing);
  }

  #leaveNothingBehind(): boolean {
    if (!this.#ticket.open) return false;
    const { waitMs } = this.demand;
    const refusedAtOnce = waitMs === 0 && this.#attempts === 1 && this.#poll !== undefined;
    this.#state = 'given-up';
    // Attempts that were never sent, or answered by an error, left nothing.
    if (this.#attempts > this.#harmless && !refusedAtOnce) this.#giveBack(this.#token);
    return true;
  }

  #giveBack(token: string): void {
    this.#parts.cleanup.giveBack({ identity: this.demand.identity, token }, this.demand.ttlMs);
  }

  #isLatest(attempt: Attempt): boolean {
    return this.#state === 'asking' && attempt.number === this.#attempts;
  }
}
