/**
 * One request for one lease, from the first attempt to a grant, a refusal or giving up.
 *
 * Every attempt carries the same token, so asking again is safe whatever became of the last one; joining the queue,
 * keeping the place in it and taking the lock are one call. While in line it asks once a second (its heartbeat) and,
 * at the head, when the holder's lease should be over; a push cuts that short. There is one timer: it times the
 * attempt, the next one, or the end of waiting, whichever is first. Giving up sends one release behind everything.
 */
import { LockAbortedError, LockRefusedError, LockUnavailableError } from '../errors.js';
import { backoffMs } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import { Countdown } from './countdown.js';
import { validityMs } from './deadline.js';
import { deferred } from './deferred.js';
import type { Demand, Settlement } from './demand.js';
import type { AcquireReply, LeasePush, LeaseStore } from './lease-store.js';
import { deadlineOfPush, type PolledInLine } from './pushed-grant.js';
import { StoreError } from './store-error.js';
import type { TokenCleanup } from './token-cleanup.js';
import type { TokenSource } from './token-source.js';

const POLL_MS = 1_000;
/** How long a first grant by push may wait for its confirmation; each missed one doubles it, up to the ttl. */
const FIRST_GRANT_MS = 2_000;
const RETRY = { firstMs: 25, mostMs: 250 };

/** What an acquisition works with. */
export interface AcquisitionParts {
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly tokens: TokenSource;
  readonly cleanup: TokenCleanup;
  readonly attemptTimeoutMs: number;
}

/** What is known about a lock that somebody else holds, or about why nothing is known. */
export interface Standing {
  readonly poll: PolledInLine | undefined;
  readonly trouble: StoreError | undefined;
}

export class Acquisition {
  readonly demand: Demand;
  readonly #parts: AcquisitionParts;
  readonly #end = deferred<Settlement>();
  readonly #countdown: Countdown;
  readonly #onAbort = (): void =>
    this.giveUp(new LockAbortedError(this.demand.lockName, this.demand.signal?.reason));
  #token: string;
  #grantMs: number;
  #state: 'idle' | 'asking' | 'resting' | 'granted' | 'given-up' = 'idle';
  #attempt = 0;
  #failures = 0;
  #standing: Standing = { poll: undefined, trouble: undefined };
  #push: LeasePush | undefined;

  constructor(demand: Demand, parts: AcquisitionParts) {
    this.demand = demand;
    this.#parts = parts;
    this.#token = parts.tokens.next();
    this.#grantMs = Math.min(demand.ttlMs, FIRST_GRANT_MS);
    this.#countdown = new Countdown(
      parts.clock,
      demand.waitMs === 0 ? parts.attemptTimeoutMs : demand.waitMs,
    );
    demand.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Settles once; rejects with a `LockError`. */
  get settled(): Promise<Settlement> {
    return this.#end.promise;
  }

  get token(): string {
    return this.#token;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Waits behind another acquisition of this process, whose `standing` tells what there is to know. */
  waitBehind(front: () => Standing): void {
    this.#countdown.arm(
      Infinity,
      () => undefined,
      () => this.#timeIsOver(front()),
    );
  }

  /** Begins to ask. */
  start(): void {
    if (this.#state === 'idle') this.#ask();
  }

  /** Something was pushed for this token. */
  pushed(push: LeasePush): void {
    if (this.#state !== 'asking' && this.#state !== 'resting') return;
    if (push.kind === 'held') {
      if (this.#state === 'resting') this.#rest(Math.min(POLL_MS, push.lastsMs + 1), () => this.#ask());
      return;
    }
    this.#push = push;
    if (this.#usePush() || this.#state === 'asking') return;
    this.#ask();
  }

  /** Ends the acquisition without a trace. Does nothing when it is over. */
  giveUp(error: Error): void {
    if (!this.#leave('given-up')) return;
    this.#end.reject(error);
  }

  #ask(): void {
    this.#state = 'asking';
    this.#push = undefined;
    const attempt = (this.#attempt += 1);
    const { store, attemptTimeoutMs } = this.#parts;
    const { identity, ttlMs, waitMs } = this.demand;
    const token = this.#token;
    const grantMs = this.#grantMs;
    const stillWanted = (): boolean =>
      (this.#state === 'asking' || this.#state === 'resting') && token === this.#token;
    const noAnswer = (): void =>
      this.#failed(attempt, new StoreError('timeout', 'No answer', { ambiguous: true }));
    this.#countdown.arm(attemptTimeoutMs, noAnswer, () => this.#timeIsOver(this.#standing));
    store.acquire({ identity, token, ttlMs, queueing: waitMs > 0, grantMs, stillWanted }).then(
      (reply) => this.#answered({ attempt, token, grantMs, reply }),
      (error: unknown) => this.#failed(attempt, asStoreError(error)),
    );
  }

  #answered(answer: { attempt: number; token: string; grantMs: number; reply: AcquireReply }): void {
    const { attempt, token, grantMs, reply } = answer;
    if (reply.outcome === 'granted') {
      this.#granted(token, reply);
      return;
    }
    if (this.#state !== 'asking' || attempt !== this.#attempt) return;
    const missedGrant = reply.joined && this.#standing.poll !== undefined && reply.position > 0;
    if (missedGrant) this.#grantMs = Math.min(this.#grantMs * 2, this.demand.ttlMs);
    this.#failures = 0;
    this.#standing = { poll: { reply, grantMs }, trouble: undefined };
    if (this.demand.waitMs === 0) this.#busy(this.#standing);
    else if (!this.#usePush()) this.#stayInLine(reply.position, reply.remainingMs);
  }

  #granted(token: string, { fence, sentAt }: { fence: number; sentAt: number }): void {
    if (this.#state === 'granted' && token === this.#token) return;
    const waiting = (this.#state === 'asking' || this.#state === 'resting') && token === this.#token;
    const deadline = sentAt + validityMs(this.demand.ttlMs);
    const tooLate = this.#parts.clock.now() >= deadline;
    if (waiting && !tooLate) {
      this.#grant({ fence, sentAt, deadline }, true);
      return;
    }
    this.#cleanUp(token);
    if (!waiting) return;
    // The answer took longer than the lease lasts. A token that was given back is never used again.
    this.#token = this.#parts.tokens.next();
    this.#ask();
  }

  #failed(attempt: number, error: StoreError): void {
    if (this.#state !== 'asking' || attempt !== this.#attempt) return;
    this.#standing = { poll: this.#standing.poll, trouble: error };
    if (error.permanent) {
      this.giveUp(new LockRefusedError(this.demand.lockName, { condition: error.condition, cause: error }));
      return;
    }
    if (error.condition === 'timeout') this.#ask();
    else this.#rest(backoffMs(RETRY, this.#failures++), () => this.#ask());
  }

  #stayInLine(position: number, remainingMs: number): void {
    if (this.#push !== undefined) {
      this.#ask();
      return;
    }
    const expiryMs = position === 1 && remainingMs >= 0 ? remainingMs + 1 : Infinity;
    this.#rest(Math.min(POLL_MS, expiryMs), () => this.#ask());
  }

  /** Takes what was pushed, if it may be used before it is confirmed. */
  #usePush(): boolean {
    const { poll } = this.#standing;
    if (this.#push === undefined || poll === undefined || !this.#parts.store.grantsArePrompt) return false;
    const deadline = deadlineOfPush(this.#push, poll, this.#parts.clock.now());
    if (deadline === undefined) return false;
    this.#grant({ fence: this.#push.fence, sentAt: poll.reply.sentAt, deadline }, false);
    return true;
  }

  #grant(terms: { fence: number; sentAt: number; deadline: number }, confirmed: boolean): void {
    if (!this.#leave('granted')) return;
    const { lockName, identity, ttlMs, holdAtLeastMs, holdAtMostMs } = this.demand;
    const grantedAt = this.#parts.clock.now();
    const grant = { lockName, identity, token: this.#token, ttlMs, holdAtLeastMs, holdAtMostMs, grantedAt, ...terms };
    this.#end.resolve({ outcome: 'granted', grant, confirmed, waitedMs: this.#countdown.elapsedMs });
  }

  #timeIsOver(standing: Standing): void {
    const { poll, trouble } = standing;
    if (poll !== undefined && trouble === undefined) {
      this.#busy(standing);
      return;
    }
    const details = {
      condition: trouble?.condition ?? 'timeout',
      waitedMs: this.#countdown.elapsedMs,
      cause: trouble,
    };
    this.giveUp(new LockUnavailableError(this.demand.lockName, details));
  }

  #busy({ poll }: Standing): void {
    if (!this.#leave('given-up')) return;
    const { holder = '', remainingMs = 0 } = poll?.reply ?? {};
    this.#end.resolve({ outcome: 'busy', holder, remainingMs, waitedMs: this.#countdown.elapsedMs });
  }

  #leave(state: 'granted' | 'given-up'): boolean {
    if (this.#state === 'granted' || this.#state === 'given-up') return false;
    const mayHaveLeftSomething = this.#attempt > 1 || (this.#attempt === 1 && !this.#refusedAtOnce());
    this.#state = state;
    this.#countdown.cancel();
    this.demand.signal?.removeEventListener('abort', this.#onAbort);
    if (state === 'given-up' && mayHaveLeftSomething) this.#cleanUp(this.#token);
    return true;
  }

  /** The only attempt was answered "taken" without joining the queue: there is nothing to clean up. */
  #refusedAtOnce(): boolean {
    return this.demand.waitMs === 0 && this.#standing.poll !== undefined;
  }

  #cleanUp(token: string): void {
    this.#parts.cleanup.giveBack({ identity: this.demand.identity, token }, this.demand.ttlMs);
  }

  #rest(delayMs: number, then: () => void): void {
    this.#state = 'resting';
    this.#countdown.arm(delayMs, then, () => this.#timeIsOver(this.#standing));
  }
}

function asStoreError(error: unknown): StoreError {
  return error instanceof StoreError
    ? error
    : new StoreError('unexpected', String(error), { ambiguous: true });
}
