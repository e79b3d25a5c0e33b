import { describe, expect, it } from 'vitest';
import { isClean, recount } from '../../apps/demo/src/audit/recount.js';
import type { Entry, JobName, LedgerEntry } from '../../apps/demo/src/bookkeeping/entries.js';

const r1 = { replica: 'r1', life: 1, pid: 11 };
const r2 = { replica: 'r2', life: 1, pid: 12 };

function run(runId: string, fence: number | null, job: JobName = 'invoice-orders') {
  return { job, runId, tick: 1_000, attempt: 1, fence } as const;
}

function order(orderId: string): Entry {
  return { kind: 'order', source: 'http', orderId, customer: 'Ada', cents: 100, ...r1 };
}

function ledger(...entries: Entry[]): LedgerEntry[] {
  return entries.map((entry, index) => ({ ...entry, seq: index + 1, at: index }));
}

describe('the recount', () => {
  it('finds what was invoiced twice and what was never', () => {
    const invoice = { kind: 'invoice', cents: 100 } as const;
    const audit = recount(
      ledger(
        ...['a', 'b', 'c'].map(order),
        { ...invoice, orderId: 'a', ...run('1', null), ...r1 },
        { ...invoice, orderId: 'a', ...run('2', null), ...r2 },
        { ...invoice, orderId: 'b', ...run('2', 7), ...r2 },
      ),
    );
    expect(audit).toMatchObject({
      orders: 3,
      invoiced: 2,
      invoices: 3,
      doubled: 1,
      lost: 1,
      unfencedWrites: 2,
    });
    expect(isClean(audit)).toBe(false);
  });

  it('finds invoices that were closed twice and carts that expired twice', () => {
    const audit = recount(
      ledger(
        { kind: 'closing', invoiceSeqs: [1, 2], cents: 2, ...run('1', 1, 'close-books'), ...r1 },
        { kind: 'closing', invoiceSeqs: [2, 3], cents: 2, ...run('2', 2, 'close-books'), ...r1 },
        { kind: 'cart-expired', cartId: 'x', ...run('3', 1, 'expire-carts'), ...r1 },
        { kind: 'cart-expired', cartId: 'x', ...run('4', 2, 'expire-carts'), ...r2 },
      ),
    );
    expect(audit).toMatchObject({ closings: 2, closedTwice: 1, cartsExpired: 1, expiredTwice: 1 });
    expect(isClean(audit)).toBe(false);
  });

  it('counts a takeover when the run before was cut short, and only then', () => {
    const start = { kind: 'run-started' } as const;
    const cutShort = ledger({ ...start, ...run('1', 1), ...r1 }, { ...start, ...run('2', 2), ...r2 });
    const finished = ledger(
      { ...start, ...run('1', 1), ...r1 },
      { kind: 'run-finished', ...run('1', 1), ...r1 },
      { ...start, ...run('2', 2), ...r2 },
      { kind: 'run-failed', reason: 'x', ...run('2', 2), ...r2 },
      { ...start, ...run('3', 3), ...r1 },
    );
    const otherJob = ledger(
      { ...start, ...run('1', 1), ...r1 },
      { ...start, ...run('2', 2, 'close-books'), ...r2 },
    );
    const reborn = ledger({ ...start, ...run('1', 1), ...r1 }, { ...start, ...run('2', 2), ...r1, life: 2 });
    const unguarded = ledger({ ...start, ...run('1', null), ...r1 }, { ...start, ...run('2', null), ...r2 });
    expect(
      [cutShort, finished, otherJob, reborn, unguarded].map((lines) => recount(lines).takeovers),
    ).toEqual([1, 0, 0, 1, 0]);
  });

  it('counts ticks once for each job, runs for each replica, skips and refusals', () => {
    const skipped = { kind: 'skipped', job: 'invoice-orders' } as const;
    const audit = recount(
      ledger(
        { kind: 'run-started', ...run('1', 1), ...r1 },
        { ...skipped, tick: 1_000, ...r2 },
        { ...skipped, tick: 2_000, ...r2 },
        { kind: 'run-started', ...run('2', 1, 'close-books'), ...r2 },
        { kind: 'run-finished', ...run('2', 1, 'close-books'), ...r2 },
        { kind: 'refused', refused: 'invoice', highestSeen: 2, ...run('1', 1), ...r1 },
      ),
    );
    expect(audit).toMatchObject({
      ticks: 3,
      runs: 2,
      skipped: 2,
      staleWritesRefused: 1,
      perReplica: { r1: 1, r2: 1 },
    });
    expect(isClean(audit)).toBe(true);
  });
});
