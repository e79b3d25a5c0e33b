/** The audit as a table that people read. */
import { isClean, type Audit } from './recount.js';

type Row = readonly [what: string, count: number, remark?: string | undefined];

export function auditTable(audit: Audit): string[] {
  const runs = Object.entries(audit.perReplica).map(([replica, count]) => `${replica} ${count}`);
  const rows: Row[] = [
    ['orders accepted', audit.orders],
    [
      'orders invoiced',
      audit.invoiced,
      audit.invoices === audit.invoiced ? undefined : `with ${audit.invoices} invoices`,
    ],
    ['invoiced more than once', audit.doubled, verdictOn(audit.doubled)],
    ['never invoiced', audit.lost, verdictOn(audit.lost)],
    ['closings', audit.closings],
    ['invoices closed twice', audit.closedTwice, verdictOn(audit.closedTwice)],
    ['carts expired', audit.cartsExpired],
    ['carts expired twice', audit.expiredTwice, verdictOn(audit.expiredTwice)],
    ['ticks', audit.ticks],
    ['closing ticks run twice', audit.ticksDoubled, verdictOn(audit.ticksDoubled)],
    ['closing ticks missed', audit.ticksMissed, verdictOn(audit.ticksMissed)],
    ['runs', audit.runs, runs.join(', ')],
    ['skipped', audit.skipped, 'somebody else held the lock'],
    ['runs tried again', audit.reruns, 'by another replica, from the last checkpoint'],
    ['takeovers', audit.takeovers, 'from a replica that died or froze'],
    ['stale writes refused', audit.staleWritesRefused, 'by their fence'],
    ['writes without a fence', audit.unfencedWrites],
  ];
  return ['Audit, counted again from the ledger alone', ...rows.map(line), verdict(audit)];
}

function line([what, count, remark]: Row): string {
  const cells = `  ${what.padEnd(24)} ${String(count).padStart(6)}`;
  return remark === undefined || remark === '' ? cells : `${cells}   ${remark}`;
}

function verdictOn(count: number): string {
  return count === 0 ? 'ok' : 'WRONG';
}

function verdict(audit: Audit): string {
  return isClean(audit)
    ? 'The books are in order: every order has exactly one invoice.'
    : `The books are WRONG: ${audit.doubled} orders invoiced more than once, ${audit.lost} never, ` +
        `${audit.closedTwice} invoices closed twice, ${audit.expiredTwice} carts expired twice, ` +
        `${audit.ticksDoubled} closing ticks run twice, ${audit.ticksMissed} missed.`;
}
