/**
 * Asks the store for one lease, from the first attempt to a grant, a refusal or giving up.
 *
 * Every attempt carries the same token, so asking again is safe whatever became of the last one; joining the queue,
 * keeping the place in it and taking the lock are one call. While in line it asks once a second (its heartbeat) and, at
 * the head, when the holder's lease should be over; a push cuts that short. Giving up sends a release behind everything.
 */
import { LockRefusedError } from '../acquire-errors.js';
import { backoffMs } from '../time/backoff.js';
import {
  FIRST_GRANT_MS,
  inLineMs,
  NOTHING_KNOWN,
  RETRY,
  type AcquisitionParts,
  type Standing,
} from './acquisition-parts.js';
import { Attempt, type AttemptOwner } from './attempt.js';
import { SUSPEND_LOOK_MS, validityMs } from './deadline.js';
import type { Demand } from './demand.js';
import { AT_ONCE, firstRenewalAt } from './lease-keeper.js';
import type { AcquireReply, LeasePush } from './lease-store.js';
import { deadlineOfPush, type PolledInLine } from './pushed-grant.js';
import { noAnswer, type StoreError } from './store-error.js';
import { Tenure, type Grant } from './tenure.js';
import type { Ticket } from './ticket.js';

export class Asker implements AttemptOwner {
  readonly #parts: AcquisitionParts;
  readonly #ticket: Ticket;
  #token = '';
  #grantMs: number;
  #state: 'asking' | 'resting' | 'granted' | 'given-up' = 'resting';
  /** The one whose answer is waited for, while asking. */
  #attempt: Attempt | undefined;
  #sent = 0;
  /** Of those that were sent, the ones that are known to have done nothing. */
  #harmless = 0;
  #failures = 0;
  #poll: PolledInLine | undefined;
  /** From this fence on it is held by who was at it when this was first asked, or by who came later. */
  #heldSince: number | undefined;
  #push: LeasePush | undefined;
  #standing: Standing = NOTHING_KNOWN;
  #tenure: Tenure | undefined;

  constructor(ticket: Ticket, parts: AcquisitionParts) {
    this.#parts = parts;
    this.#ticket = ticket;
    this.#grantMs = Math.min(ticket.demand.terms.ttlMs, FIRST_GRANT_MS);
  }

  get demand(): Demand {
    return this.#ticket.demand;
  }

  get token(): string {
    return this.#token;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Begins; `known` is what an acquisition before it in line found out. */
  start(known: Standing): void {
    this.#standing = known;
    this.#ask();
  }

  /** Something was pushed for this token. */
  pushed(push: LeasePush): void {
    if (!this.#waiting) return;
    if (push.kind === 'held') {
      if (this.#state === 'resting') this.#rest(inLineMs(push.lastsMs));
      return;
    }
    this.#push = push;
    if (!this.#usePush() && this.#state === 'resting') this.#ask();
  }

  /** The attempt stayed without an answer, or it is time for the next. */
  due(): void {
    if (this.#state === 'asking' && this.#attempt !== undefined) this.failed(this.#attempt, noAnswer());
    else this.#ask();
  }

  /** The acquisition is over and was not granted. */
  leaveNothingBehind(): void {
    const answer = this.demand.terms.waitMs === 0 ? this.#poll : this.#poll?.reply.told;
    const answeredAtOnce = this.#sent === 1 && answer !== undefined;
    this.#state = 'given-up';
    // Attempts that were never sent, or answered by an error, left nothing.
    if (this.#sent > this.#harmless && !answeredAtOnce) this.#giveBack(this.#token);
  }

  /** Also while what was granted is held: the token has the lock already, and its release must not come from here. */
  wants(attempt: Attempt): boolean {
    return attempt.token === this.#token && (this.#waiting || this.#tenure?.over === false);
  }

  answered(attempt: Attempt, reply: AcquireReply): void {
    if (reply.outcome === 'granted') this.#granted(attempt, reply);
    else if (this.#isAwaited(attempt)) this.#taken(attempt, reply);
  }

  failed(attempt: Attempt, error: StoreError): void {
    if (!error.ambiguous && !error.permanent) this.#harmless += 1;
    if (!this.#isAwaited(attempt)) return;
    this.#standing = { taken: this.#standing.taken, trouble: error };
    const { condition } = error;
    if (error.permanent) {
      this.leaveNothingBehind();
      this.#ticket.reject(new LockRefusedError(this.demand.terms.lockName, { condition, cause: error }));
    } else if (condition === 'timeout') this.#ask();
    else this.#rest(backoffMs(RETRY, this.#failures++));
  }

  get #waiting(): boolean {
    return this.#state === 'asking' || this.#state === 'resting';
  }

  #ask(): void {
    const { store, clock, tokens, attemptTimeoutMs } = this.#parts;
    this.#state = 'asking';
    this.#push = undefined;
    if (this.#token === '') this.#token = tokens.next();
    const terms = { grantMs: this.#grantMs, heldSince: this.#heldSince };
    const attempt = (this.#attempt = new Attempt(this, this.#token, terms));
    this.#sent += 1;
    this.#ticket.arm(clock.now() + attemptTimeoutMs);
    store.acquire(attempt);
  }

  /** Also for an attempt that was given up for lost: its answer is as good as any. */
  #granted({ token }: Attempt, { fence, sentAt }: { fence: number; sentAt: number }): void {
    if (this.#state === 'granted' && token === this.#token) return;
    const { ttlMs } = this.demand.terms;
    const validMs = validityMs(ttlMs);
    const grantedAt = this.#parts.clock.nowAfterSuspendCheck(SUSPEND_LOOK_MS);
    const wanted = this.#waiting && token === this.#token;
    if (wanted && grantedAt < sentAt + validMs) {
      this.#grant({ fence, grantedAt, sentAt, validMs, renewAt: firstRenewalAt(sentAt, ttlMs) });
      return;
    }
    this.#giveBack(token);
    if (!wanted) return;
    // The answer took longer than the lease lasts. A token that was given back is never used again.
    this.#token = '';
    this.#ask();
  }

  #taken({ grantMs }: Attempt, reply: Extract<AcquireReply, { outcome: 'taken' }>): void {
    const missedGrant = reply.joined && this.#poll !== undefined;
    if (missedGrant) this.#grantMs = Math.min(this.#grantMs * 2, this.demand.terms.ttlMs);
    this.#failures = 0;
    this.#poll = { reply, grantMs, terms: this.demand.terms };
    // Where nobody holds, whoever had that fence was done before this was asked.
    this.#heldSince ??= reply.lastFence + (reply.holder === '' ? 1 : 0);
    this.#standing = { taken: reply, trouble: undefined };
    if (this.demand.terms.waitMs === 0 || reply.told !== undefined) {
      this.leaveNothingBehind();
      this.#ticket.timeIsOver(this.#standing);
    } else if (this.#usePush()) return;
    else if (this.#push !== undefined) this.#ask();
    else this.#rest(inLineMs(reply.position === 1 && reply.remainingMs >= 0 ? reply.remainingMs : Infinity));
  }

  /** Takes what was pushed, if it may be used before it is confirmed. */
  #usePush(): boolean {
    const poll = this.#poll;
    if (this.#push === undefined || poll === undefined || !this.#parts.store.grantsArePrompt) return false;
    const grantedAt = this.#parts.clock.nowAfterSuspendCheck(SUSPEND_LOOK_MS);
    const deadline = deadlineOfPush(this.#push, poll, grantedAt);
    if (deadline === undefined) return false;
    const { sentAt } = poll.reply;
    const { fence } = this.#push;
    this.#grant({ fence, grantedAt, sentAt, validMs: deadline - sentAt, renewAt: AT_ONCE });
    return true;
  }

  #grant(grant: Grant): void {
    this.#state = 'granted';
    this.#tenure = new Tenure(this.demand, this.#token, grant);
    this.#ticket.grant(this.#tenure);
  }

  #rest(delayMs: number): void {
    this.#state = 'resting';
    this.#ticket.arm(this.#parts.clock.now() + delayMs);
  }

  #giveBack(token: string): void {
    this.#parts.cleanup.giveBack({ identity: this.demand.identity, token }, this.demand.terms.ttlMs);
  }

  #isAwaited(attempt: Attempt): boolean {
    return this.#state === 'asking' && attempt === this.#attempt;
  }
}
