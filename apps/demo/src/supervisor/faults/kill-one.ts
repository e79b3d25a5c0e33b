/** SIGKILL to the replica that holds `invoice-orders`, with one invoice written and others still to write. */
import { setTimeout as pause } from 'node:timers/promises';
import type { LedgerEntry } from '../../bookkeeping/entries.js';
import type { Fault } from '../scene.js';

const RESTART_AFTER_MS = 1_000;
/** So many that the run is certainly not over when the signal arrives. */
const LEFT_TO_WRITE = 3;

export const killOne: Fault = async ({ books, fleet }, signal) => {
  const isMidRun = (entry: LedgerEntry): boolean =>
    entry.kind === 'invoice' &&
    books.work.openOrders().length >= LEFT_TO_WRITE &&
    fleet.find(entry) !== undefined;
  const last = await books.ledger.next(isMidRun, signal);
  const victim = fleet.find(last);
  if (victim === undefined) return;
  // The note comes first: a death that is noticed by its consequences only would read strangely.
  books.ledger.append({ kind: 'killed', ...victim.author });
  await fleet.kill(victim);
  await pause(RESTART_AFTER_MS, undefined, { signal });
  const next = await fleet.startLife(victim.author.replica);
  if (next !== undefined) books.ledger.append({ kind: 'restarted', ...next.author });
};
