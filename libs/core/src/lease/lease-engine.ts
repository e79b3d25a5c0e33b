/**
 * The one engine under every primitive that is a lease: joins waiting, keeping and giving back, and knows what is held.
 */
import { LockRefusedError, LockUnavailableError } from '../acquire-errors.js';
import { type LossReason } from '../lease-errors.js';
import type { PublishLeaseEvent, ReleaseOutcome } from '../events.js';
import type { Clock } from '../time/clock.js';
import { within } from '../time/within.js';
import type { Demand, Settlement } from './demand.js';
import { HeldLease, type LeaseEnding } from './held-lease.js';
import { LeaseAcquirer } from './lease-acquirer.js';
import { LeaseKeeper } from './lease-keeper.js';
import type { LeaseInspection, LeaseStore } from './lease-store.js';
import { asStoreError, noAnswer, StoreError } from './store-error.js';
import { TokenCleanup } from './token-cleanup.js';
import type { TokenSource } from './token-source.js';

/** What an engine is made of. */
export interface EngineParts {
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly tokens: TokenSource;
  readonly attemptTimeoutMs: number;
  readonly publish: PublishLeaseEvent;
  readonly log: (level: 'warn' | 'error', message: string) => void;
}

/** How a request ended, apart from errors. */
export type AcquireOutcome =
  { readonly outcome: 'granted'; readonly lease: HeldLease } | Extract<Settlement, { outcome: 'busy' }>;

/** How long `close` waits for answers once the grace is over: a silent server must not hold a shutdown up. */
const LAST_WORDS_MS = 400;

export class LeaseEngine {
  readonly #parts: EngineParts;
  readonly #cleanup: TokenCleanup;
  readonly #acquirer: LeaseAcquirer;
  readonly #keeper: LeaseKeeper;
  readonly #held = new Map<string, HeldLease>();
  readonly #releasing = new Set<Promise<ReleaseOutcome>>();
  readonly #onEnd = new Set<(lease: HeldLease) => void>();
  readonly #ending: LeaseEnding;

  constructor(parts: EngineParts) {
    const { store, clock, attemptTimeoutMs } = parts;
    this.#parts = parts;
    this.#cleanup = new TokenCleanup(store, clock, attemptTimeoutMs);
    this.#acquirer = new LeaseAcquirer({ ...parts, cleanup: this.#cleanup }, (token) =>
      this.#held.has(token),
    );
    this.#keeper = new LeaseKeeper({ store, clock, heldLong: (lease) => this.#heldLong(lease) });
    this.#ending = {
      lost: (lease, why) => this.#lost(lease, why),
      release: (lease) => this.#release(lease),
    };
  }

  /** @throws LockAbortedError, LockClosedError, LockUnavailableError, LockRefusedError */
  async acquire(demand: Demand): Promise<AcquireOutcome> {
    const settlement = await this.#acquirer.acquire(demand);
    if (settlement.outcome === 'busy') return settlement;
    const { grant } = settlement;
    const refusal = this.#acquirer.refusalOf(demand);
    if (refusal !== undefined) {
      // Granted and aborted, or closed, in one tick: the grant loses, and leaves no trace.
      this.#cleanup.giveBack(grant, grant.ttlMs);
      throw refusal;
    }
    const lease = new HeldLease(grant, this.#parts.clock, this.#ending);
    this.#held.set(lease.grant.token, lease);
    this.#keeper.keep(lease, settlement.confirmed ? 'at-random' : 'at-once');
    const { lockName, fence } = lease;
    this.#parts.publish(() => ({ type: 'granted', lockName, fence, waitedMs: settlement.waitedMs }));
    return { outcome: 'granted', lease };
  }

  /** @throws LockUnavailableError, LockRefusedError */
  async inspect(lockName: string, identity: string): Promise<LeaseInspection> {
    const { store, clock, attemptTimeoutMs } = this.#parts;
    const asked = store.inspect(identity).catch((error: unknown) => asStoreError(error));
    const answer = (await within(clock, attemptTimeoutMs, asked)) ?? noAnswer();
    if (!(answer instanceof StoreError)) return answer;
    const { condition } = answer;
    if (answer.permanent) throw new LockRefusedError(lockName, { condition, cause: answer });
    throw new LockUnavailableError(lockName, { condition, waitedMs: attemptTimeoutMs, cause: answer });
  }

  /** Waits until everybody who holds now has given back or lost, at most `withinMs`; resolves to how many have not. */
  drain(withinMs: number): Promise<number> {
    const holders = new Set(this.#held.values());
    if (holders.size === 0) return Promise.resolve(0);
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#onEnd.delete(ended);
        resolve(holders.size);
      };
      const ended = (lease: HeldLease): void => {
        holders.delete(lease);
        if (holders.size === 0) done();
      };
      this.#onEnd.add(ended);
      const cancel = this.#parts.clock.setTimer(withinMs, done, 'ref');
    });
  }

  /** Refuses what is new, ends waits, drains for `graceMs`, ends what is left, and sees every release answered. */
  async close(graceMs: number): Promise<void> {
    this.#acquirer.close();
    await this.drain(graceMs);
    for (const lease of [...this.#held.values()]) {
      lease.lose('closed');
      void lease.release();
    }
    const { clock, attemptTimeoutMs } = this.#parts;
    const limitMs = Math.min(attemptTimeoutMs, LAST_WORDS_MS);
    await within(clock, limitMs, Promise.all([...this.#releasing, this.#cleanup.settled()]));
    this.#cleanup.stop();
  }

  /** What is under way, for tests and for the inspector. */
  get load(): { readonly held: number; readonly waiting: number; readonly kept: number } {
    return { held: this.#held.size, waiting: this.#acquirer.waiting, kept: this.#keeper.size };
  }

  #lost(lease: HeldLease, why: LossReason | 'hold-limit'): void {
    this.#forget(lease);
    const { identity, token, ttlMs } = lease.grant;
    if (why === 'hold-limit') this.#cleanup.giveBack({ identity, token }, ttlMs);
    const { lockName, fence } = lease;
    const heldMs = this.#heldMs(lease);
    this.#parts.publish(() => ({ type: 'lost', lockName, fence, heldMs, reason: why }));
    this.#parts.log(
      'error',
      `Lease on "${lockName}" (fence ${fence}) was lost after ${Math.round(heldMs)} ms: ${why}`,
    );
  }

  #release(lease: HeldLease): Promise<ReleaseOutcome> {
    this.#forget(lease);
    const sent = this.#sendRelease(lease).then((outcome) => {
      const { lockName, fence } = lease;
      this.#parts.publish(() => ({
        type: 'released',
        lockName,
        fence,
        heldMs: this.#heldMs(lease),
        outcome,
      }));
      return outcome;
    });
    this.#track(sent);
    return sent;
  }

  /** At most one round trip, and none that the caller waits for longer than an attempt may take. */
  async #sendRelease(lease: HeldLease): Promise<ReleaseOutcome> {
    const { identity, token, holdAtLeastMs, grantedAt } = lease.grant;
    const lost = lease.endError !== undefined;
    if (lost && !mayStillBeThere(lease)) return 'lost';
    const holdMs = lost ? 0 : Math.ceil(Math.max(0, grantedAt + holdAtLeastMs - this.#parts.clock.now()));
    const answer = this.#parts.store.release({ identity, token, holdMs }).then(
      (released): ReleaseOutcome => (released ? 'released' : 'lost'),
      (): ReleaseOutcome => 'unknown',
    );
    const outcome = (await within(this.#parts.clock, this.#parts.attemptTimeoutMs, answer)) ?? 'unknown';
    return lost ? 'lost' : outcome;
  }

  #forget(lease: HeldLease): void {
    this.#keeper.forget(lease);
    if (!this.#held.delete(lease.grant.token)) return;
    for (const ended of [...this.#onEnd]) ended(lease);
  }

  #heldLong(lease: HeldLease): void {
    const { lockName, fence } = lease;
    const heldMs = this.#heldMs(lease);
    this.#parts.publish(() => ({ type: 'held-long', lockName, fence, heldMs }));
    this.#parts.log('warn', `Lock "${lockName}" is held for ${Math.round(heldMs)} ms and has no holdAtMost`);
  }

  #heldMs(lease: HeldLease): number {
    return this.#parts.clock.now() - lease.grant.grantedAt;
  }

  #track(release: Promise<ReleaseOutcome>): void {
    this.#releasing.add(release);
    void release.finally(() => this.#releasing.delete(release));
  }
}

/** Not after the server itself said that the token is gone, nor after `holdAtMost` gave it back. */
function mayStillBeThere(lease: HeldLease): boolean {
  const error = lease.endError;
  return error?.code === 'ERR_LOCK_LOST' && error.reason !== 'taken';
}
