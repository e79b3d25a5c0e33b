/**
 * SIGKILL to the replica that closes the books, with a page added up and saved and others still to add up. Then another
 * replica tries again, and goes on behind that page.
 */
import type { LedgerEntry } from '../../bookkeeping/entries.js';
import type { Fault } from '../scene.js';
import { killAndRestart } from './kill-and-restart.js';

/** So many that the closing is certainly not over when the signal arrives. */
const LEFT_TO_ADD_UP = 3;
/** Several closings; when the shop has little to close, nobody is killed. */
const FOUND_WITHIN_MS = 6_000;
/** The TTL of the dead run, and what it takes to notice. */
const WATCH_MS = 5_000;

export const killCloser: Fault = async (scene, signal) => {
  const { books, fleet } = scene;
  const isMidClosing = (entry: LedgerEntry): boolean =>
    entry.kind === 'added-up' &&
    entry.pages - entry.page >= LEFT_TO_ADD_UP &&
    fleet.find(entry) !== undefined;
  const search = AbortSignal.any([signal, AbortSignal.timeout(FOUND_WITHIN_MS)]);
  const last = await books.ledger.next(isMidClosing, search).catch(() => undefined);
  const replica = last === undefined ? undefined : fleet.find(last);
  if (replica === undefined) return;
  const isAgain = (entry: LedgerEntry): boolean => entry.kind === 'run-started' && entry.attempt > 1;
  const again = books.ledger.next(isAgain, AbortSignal.any([signal, AbortSignal.timeout(WATCH_MS)]));
  again.catch(() => undefined);
  await killAndRestart(scene, { replica, job: 'close-books' }, signal);
  await again.catch(() => undefined);
};
