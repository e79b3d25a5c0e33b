/**
 * SIGSTOP to a holder of `invoice-orders` after it checked its lease and before it writes; SIGCONT once its lease is
 * over and another replica is at work. The write then goes out, believed in by its sender, and only the fence stops it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { LedgerEntry } from '../../bookkeeping/entries.js';
import { LEASE_TTL_MS } from '../../pace.js';
import type { Fleet } from '../fleet.js';
import type { Replica } from '../replica.js';
import type { Fault, Scene } from '../scene.js';

const LEFT_TO_WRITE = 3;
/** How long to watch for what the woken one does. */
const WATCH_MS = 3_000;

export const freezeOne: Fault = async (scene, signal) => {
  const { books, fleet } = scene;
  const start = await books.ledger.next(
    (entry) =>
      entry.kind === 'run-started' &&
      entry.job === 'invoice-orders' &&
      books.work.openOrders().length >= LEFT_TO_WRITE &&
      fleet.find(entry) !== undefined,
    signal,
  );
  const victim = fleet.find(start);
  if (victim === undefined) return;
  const freezing = heardFreezing(fleet, victim, signal);
  victim.armFreeze();
  await freezing;
  await keepFrozen(scene, victim, signal);
};

async function keepFrozen({ books, fleet }: Scene, victim: Replica, signal: AbortSignal): Promise<void> {
  const { author } = victim;
  fleet.setSilent(victim, true);
  books.ledger.append({ kind: 'frozen', ...author });
  const isOther = (entry: LedgerEntry): boolean =>
    entry.kind === 'run-started' && entry.job === 'invoice-orders' && entry.replica !== author.replica;
  try {
    // Without locks the others do not wait for anybody; the freeze is to be as long as it is with them.
    const isOver = pause(LEASE_TTL_MS, undefined, { signal });
    await Promise.all([isOver, books.ledger.next(isOther, signal)]);
  } finally {
    const aftermath = books.ledger.next(
      (entry) => entry.kind === 'refused' || (entry.kind === 'invoice' && entry.replica === author.replica),
      AbortSignal.timeout(WATCH_MS),
    );
    books.ledger.append({ kind: 'thawed', ...author });
    victim.thaw();
    fleet.setSilent(victim, false);
    await aftermath.catch(() => undefined);
  }
}

function heardFreezing(fleet: Fleet, victim: Replica, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = fleet.onNews((news, { replica }) => {
      if (news.type !== 'freezing' || replica !== victim.author.replica) return;
      stop();
      resolve();
    });
    signal.addEventListener('abort', () => {
      stop();
      reject(signal.reason);
    });
  });
}
