/** Tells what becomes of leases: as events, and in the log what somebody has to know. */
import type { PublishLeaseEvent, ReleaseOutcome } from '../events.js';
import type { LossReason } from '../lease-errors.js';
import type { Clock } from '../time/clock.js';
import type { HeldLease } from './held-lease.js';

/** What it is told with. */
export interface LeaseNewsParts {
  readonly clock: Clock;
  readonly publish: PublishLeaseEvent;
  readonly log: (level: 'warn' | 'error', message: string) => void;
}

export class LeaseNews {
  readonly #parts: LeaseNewsParts;

  constructor(parts: LeaseNewsParts) {
    this.#parts = parts;
  }

  /** @param askedAt - when its holder began to ask for it */
  granted({ lockName, tenure, grantedAt }: HeldLease, askedAt: number): void {
    const { fence } = tenure;
    this.#parts.publish(() => ({ type: 'granted', lockName, fence, waitedMs: grantedAt - askedAt }));
  }

  lost(lease: HeldLease, why: LossReason | 'hold-limit'): void {
    const { lockName, tenure } = lease;
    const { fence } = tenure;
    const heldMs = this.#heldMs(lease);
    this.#parts.publish(() => ({ type: 'lost', lockName, fence, heldMs, reason: why }));
    const after = `after ${Math.round(heldMs)} ms: ${why}`;
    this.#parts.log('error', `Lease on "${lockName}" (fence ${fence}) was lost ${after}`);
  }

  /** Its own fence: a tenure that was passed on has the next holder's already. */
  released(lease: HeldLease, outcome: ReleaseOutcome): void {
    const { lockName, fence } = lease;
    this.#parts.publish(() => ({ type: 'released', lockName, fence, heldMs: this.#heldMs(lease), outcome }));
  }

  heldLong(lease: HeldLease): void {
    const { lockName, tenure } = lease;
    const heldMs = this.#heldMs(lease);
    this.#parts.publish(() => ({ type: 'held-long', lockName, fence: tenure.fence, heldMs }));
    this.#parts.log('warn', `Lock "${lockName}" is held for ${Math.round(heldMs)} ms and has no holdAtMost`);
  }

  #heldMs(lease: HeldLease): number {
    return this.#parts.clock.now() - lease.grantedAt;
  }
}
