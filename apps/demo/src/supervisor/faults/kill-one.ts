/** SIGKILL to the replica that holds `invoice-orders`, with one invoice written and others still to write. */
import type { LedgerEntry } from '../../bookkeeping/entries.js';
import type { Fault } from '../scene.js';
import { killAndRestart } from './kill-and-restart.js';

/** So many that the run is certainly not over when the signal arrives. */
const LEFT_TO_WRITE = 3;

export const killOne: Fault = async (scene, signal) => {
  const { books, fleet } = scene;
  const isMidRun = (entry: LedgerEntry): boolean =>
    entry.kind === 'invoice' &&
    books.work.openOrders().length >= LEFT_TO_WRITE &&
    fleet.find(entry) !== undefined;
  const replica = fleet.find(await books.ledger.next(isMidRun, signal));
  if (replica !== undefined) await killAndRestart(scene, { replica, job: 'invoice-orders' }, signal);
};
