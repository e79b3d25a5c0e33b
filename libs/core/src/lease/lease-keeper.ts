/**
 * The watchdog: renews every held lease, tells its holder when it is lost, and ends the ones that are held too long.
 *
 * One agenda for all leases of the process, away from anybody's request. A lease is renewed every third of its ttl, from a
 * random first phase on, together with all others that are due: one script call for up to 128. An attempt without an
 * answer is repeated after a sixth of the ttl, beside whatever else is in flight, so a slow node starves nobody. The
 * server's "lost" is told at once; "no answer" is told just before the deadline.
 */
import type { Clock } from '../time/clock.js';
import { Agenda, BUCKET_MS, type AgendaItem } from './agenda.js';
import type { HeldLease } from './held-lease.js';
import type { LeaseStore, RenewReply } from './lease-store.js';
import { StoreError } from './store-error.js';

const BATCH = 128;
/** Renewals of one ttl are due on a grid of this many steps a period, so that they can share calls. */
const STEPS_PER_PERIOD = 16;
const LONG_HOLD_TTLS = 10;

interface Kept extends AgendaItem {
  readonly lease: HeldLease;
  renewAt: number;
  /** How long a renewal may stay without an answer before it is repeated. */
  retryMs: number;
  /** When to say that it is held long; `Infinity` once said, or when the holder set a limit. */
  warnAt: number;
}

/** What the keeper works with. */
export interface KeeperParts {
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly heldLong: (lease: HeldLease) => void;
}

export class LeaseKeeper {
  readonly #parts: KeeperParts;
  readonly #kept = new Map<HeldLease, Kept>();
  readonly #agenda: Agenda<Kept>;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#agenda = new Agenda(parts.clock, (due) => this.#attend(due));
  }

  /** Keeps `lease` from now on; `at-once` for one that was granted by push and needs its confirmation. */
  keep(lease: HeldLease, firstRenewal: 'at-random' | 'at-once'): void {
    const { ttlMs, sentAt, deadline, grantedAt, holdAtMostMs } = lease.grant;
    const phase = 0.5 + Math.random() / 2;
    const renewAt = firstRenewal === 'at-once' ? -Infinity : onGrid(sentAt + phase * periodMs(ttlMs), ttlMs);
    const warnAt = holdAtMostMs === Infinity ? grantedAt + LONG_HOLD_TTLS * ttlMs : Infinity;
    // A pushed grant is shorter than the ttl until it is confirmed.
    const retryMs = Math.min(ttlMs, deadline - sentAt) / 6;
    const kept: Kept = { lease, renewAt, retryMs, warnAt, bucket: undefined };
    this.#kept.set(lease, kept);
    if (firstRenewal === 'at-once') this.#attend([kept]);
    else this.#schedule(kept);
  }

  /** Never renews `lease` again. To be called before its release is sent. */
  forget(lease: HeldLease): void {
    const kept = this.#kept.get(lease);
    if (kept === undefined) return;
    this.#kept.delete(lease);
    this.#agenda.delete(kept);
  }

  get size(): number {
    return this.#kept.size;
  }

  #attend(due: Kept[]): void {
    const now = this.#parts.clock.nowAfterSuspendCheck(0) + BUCKET_MS;
    const renewals = new Map<number, Kept[]>();
    for (const kept of due) {
      if (!this.#stillHolds(kept, now)) continue;
      const { ttlMs } = kept.lease.grant;
      if (now >= kept.renewAt) {
        kept.renewAt = now + kept.retryMs;
        const group = renewals.get(ttlMs) ?? [];
        group.push(kept);
        renewals.set(ttlMs, group);
      }
      this.#schedule(kept);
    }
    for (const group of renewals.values()) {
      for (let first = 0; first < group.length; first += BATCH)
        this.#renew(group.slice(first, first + BATCH));
    }
  }

  #stillHolds(kept: Kept, now: number): boolean {
    const { lease } = kept;
    if (now >= lease.abortAt) lease.lose('expired');
    else if (now >= limitAt(lease)) lease.lose('hold-limit');
    else if (now >= kept.warnAt) {
      kept.warnAt = Infinity;
      this.#parts.heldLong(lease);
    }
    return lease.held;
  }

  #schedule(kept: Kept): void {
    const { lease } = kept;
    this.#agenda.set(kept, Math.min(kept.renewAt, kept.warnAt, lease.abortAt, limitAt(lease)));
  }

  #renew(group: Kept[]): void {
    const members = group.map(({ lease: { grant } }) => ({
      identity: grant.identity,
      token: grant.token,
      ttlMs: grant.ttlMs,
    }));
    this.#parts.store.renew(members).then(
      ({ sentAt, replies }) => {
        for (const [member, kept] of group.entries()) this.#answered(kept, replies[member], sentAt);
      },
      (error: unknown) => this.#failed(group, error),
    );
  }

  #answered(kept: Kept, reply: RenewReply | undefined, sentAt: number): void {
    const { lease } = kept;
    if (this.#kept.get(lease) !== kept || reply === undefined) return;
    switch (reply.outcome) {
      case 'renewed':
        lease.renewed({ sentAt });
        kept.retryMs = lease.grant.ttlMs / 6;
        kept.renewAt = onGrid(sentAt + periodMs(lease.grant.ttlMs), lease.grant.ttlMs);
        return this.#schedule(kept);
      case 'lost':
        return lease.lose('taken');
      case 'failed':
        if (isWrongType(reply.error)) return lease.lose('taken');
        return this.#retrySoon(kept);
    }
  }

  /** An error of the whole call says nothing about its members: each is asked for alone, unless there is no asking. */
  #failed(group: Kept[], error: unknown): void {
    const wanted = group.filter((kept) => this.#kept.get(kept.lease) === kept);
    if (error instanceof StoreError && error.permanent && group.length > 1) {
      for (const kept of wanted) this.#renew([kept]);
    } else if (isWrongType(error)) {
      for (const { lease } of wanted) lease.lose('taken');
    } else {
      for (const kept of wanted) this.#retrySoon(kept);
    }
  }

  #retrySoon(kept: Kept): void {
    kept.renewAt = this.#parts.clock.now() + Math.min(kept.lease.grant.ttlMs / 12, 1_000);
    this.#schedule(kept);
  }
}

function periodMs(ttlMs: number): number {
  return ttlMs / 3;
}

function onGrid(at: number, ttlMs: number): number {
  const step = periodMs(ttlMs) / STEPS_PER_PERIOD;
  return Math.floor(at / step) * step;
}

function limitAt({ grant }: HeldLease): number {
  return grant.grantedAt + grant.holdAtMostMs;
}

function isWrongType(error: unknown): boolean {
  return error instanceof StoreError && error.condition === 'wrong-type';
}
