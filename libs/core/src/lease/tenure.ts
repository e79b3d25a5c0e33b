/**
 * A lock in the hands of this process: one token with its block of fences, from the grant to the one release that is
 * ever sent for it. It serves one lease, or several in a row (lock cohorting: Dice, Marathe, Shavit, "Lock Cohorting",
 * PPoPP 2012): a waiter of the same process takes it over without a round trip, with the next fence of the block.
 * Fences are used in order and die with the tenure. Other processes are not starved: it ends after 15 passes or 20 ms.
 */
import type { LossReason } from '../lease-errors.js';
import type { AgendaItem } from './agenda.js';
import { abortMarginMs, validityMs } from './deadline.js';
import { keyTtlMs, type LeaseTerms } from './demand.js';
import type { LeaseRef } from './lease-store.js';

/** Fences of a block, less the one that the grant itself uses. */
export const MAX_PASSES = 15;
/** Fences that one grant mints, in the scripts, too. */
export const FENCE_BLOCK = MAX_PASSES + 1;
export const MAX_PASSING_MS = 20;

/** What the server granted, and when that was asked for. */
export interface Grant {
  readonly fence: number;
  /** When the holder came to know. */
  readonly grantedAt: number;
  /** When the request was sent that the deadline counts from. */
  readonly sentAt: number;
  /** For how long from then on it may be believed in without a renewal. */
  readonly validMs: number;
  /** When to renew it first. */
  readonly renewAt: number;
}

/** What a tenure has of the demand that it was granted to. */
interface Wanted {
  readonly identity: string;
  readonly terms: Times;
}

type Times = Pick<LeaseTerms, 'ttlMs' | 'lockDelayMs'>;

/** The lease that a tenure serves, as far as the keeper has to do with it. */
export interface TenureHolder {
  /** No drain waits for it. */
  readonly endless: boolean;
  /** When it has to be looked at, whatever becomes of its renewals. */
  readonly dueAt: number;
  /** Looks at the clock: ends what is over, tells what is held long. Returns whether it is still held. */
  attend(now: number): boolean;
  renewed(sentAt: number): void;
  lose(why: LossReason): void;
  release(): Promise<unknown>;
}

export class Tenure implements LeaseRef, AgendaItem<Tenure> {
  readonly identity: string;
  readonly token: string;
  /** How long it lasts for its holder without a renewal. */
  readonly leaseMs: number;
  /** How long its key does. */
  readonly ttlMs: number;
  /** Who has it; nobody for the few promises between a grant or a pass and the caller that gets to know of it. */
  holder: TenureHolder | undefined = undefined;
  /** Where it stands in the keeper's agenda, and when it is renewed next. */
  bucket: AgendaItem<Tenure>['bucket'] = undefined;
  before: Tenure | undefined = undefined;
  behind: Tenure | undefined = undefined;
  renewAt: number;
  /** Nobody will have it again: lost, or about to be given back. */
  over = false;
  readonly #startedAt: number;
  readonly #firstFence: number;
  #servesFrom: number;
  #passes = 0;
  #validMs: number;
  #deadline: number;

  constructor({ identity, terms }: Wanted, token: string, grant: Grant) {
    this.identity = identity;
    this.token = token;
    this.leaseMs = terms.ttlMs;
    this.ttlMs = keyTtlMs(terms);
    this.renewAt = grant.renewAt;
    this.#startedAt = grant.grantedAt;
    this.#servesFrom = grant.grantedAt;
    this.#firstFence = grant.fence;
    this.#validMs = grant.validMs;
    this.#deadline = grant.sentAt + grant.validMs;
  }

  /** Of the lease that it serves now. */
  get fence(): number {
    return this.#firstFence + this.#passes;
  }

  /** Since when it serves the lease of now. */
  get servesFrom(): number {
    return this.#servesFrom;
  }

  /** Until when it may be believed in. */
  get deadline(): number {
    return this.#deadline;
  }

  /** When the holder is told that no renewal came: a little before the deadline, for timers fire late. */
  get abortAt(): number {
    return this.#deadline - abortMarginMs(this.#validMs);
  }

  /** How soon a renewal is sent again when no answer comes. A pushed grant is shorter than the ttl until it is confirmed. */
  get retryMs(): number {
    return Math.min(this.leaseMs, this.#validMs) / 6;
  }

  /**
   * Until when the next in line does not ask the store: it takes the tenure over, or its request travels with the release
   * of one that has served enough.
   */
  get hopeUntil(): number {
    return this.#startedAt + MAX_PASSING_MS;
  }

  /** A renewal that was sent at `sentAt` was confirmed. Never shortens. */
  renewed(sentAt: number): void {
    this.#validMs = validityMs(this.leaseMs);
    this.#deadline = Math.max(this.#deadline, sentAt + this.#validMs);
  }

  /**
   * Goes over to a waiter that asks for the same times, with the next fence. Refused when it has served enough, and when too
   * little of it is left: a process that was frozen must not pass on a lease that is dead.
   */
  pass(wanted: Times, now: number): boolean {
    // Of what it is valid for: a pushed grant that is not confirmed yet is short, and as good as any.
    const worthPassing = now < this.abortAt && this.#deadline - now >= this.#validMs / 3;
    const served = this.#passes === MAX_PASSES || now >= this.hopeUntil;
    const asWanted = wanted.ttlMs === this.leaseMs && keyTtlMs(wanted) === this.ttlMs;
    if (!asWanted || served || !worthPassing) return false;
    this.#passes += 1;
    this.#servesFrom = now;
    this.holder = undefined;
    return true;
  }
}
