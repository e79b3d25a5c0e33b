/** A lease without an engine: what becomes of it is told to the test. */
import type { LeaseTerms } from '../../../../libs/core/src/lease/demand.js';
import { validityMs } from '../../../../libs/core/src/lease/deadline.js';
import { HeldLease } from '../../../../libs/core/src/lease/held-lease.js';
import { Tenure } from '../../../../libs/core/src/lease/tenure.js';
import type { Clock } from '../../../../libs/core/src/time/clock.js';

/** A lease with fence 7 that was asked for and granted just now, and what its home is told. */
export function loneLease(clock: Clock, wanted: Partial<LeaseTerms> = {}) {
  const told: string[] = [];
  const home = {
    clock,
    lost: (_lease: HeldLease, why: string) => told.push(`lost ${why}`),
    release: async () => {
      told.push('release');
      return 'released' as const;
    },
    heldLong: () => told.push('held long'),
  };
  const usual = { lockName: 'order', ttlMs: 1_000, holdAtLeastMs: 0, holdAtMostMs: Infinity, waitMs: 0 };
  const terms = { ...usual, ...wanted };
  const sentAt = clock.now();
  const { ttlMs } = terms;
  const times = { grantedAt: sentAt, sentAt, validMs: validityMs(ttlMs), renewAt: sentAt + ttlMs / 3 };
  const tenure = new Tenure({ identity: 'order', terms }, 't', { fence: 7, ...times });
  return { told, sentAt, tenure, lease: new HeldLease(tenure, terms, home) };
}
