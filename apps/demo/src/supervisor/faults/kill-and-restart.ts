/** SIGKILL to a replica in the middle of a run, and after a while its next life. */
import { setTimeout as pause } from 'node:timers/promises';
import type { JobName } from '../../bookkeeping/entries.js';
import type { Replica } from '../replica.js';
import type { Scene } from '../scene.js';

const RESTART_AFTER_MS = 1_000;

/** Whom to kill, and what it is doing. */
export interface Victim {
  readonly replica: Replica;
  readonly job: JobName;
}

export async function killAndRestart(
  { books, fleet }: Scene,
  { replica, job }: Victim,
  signal: AbortSignal,
): Promise<void> {
  // The note comes first: a death that is noticed by its consequences only would read strangely.
  books.ledger.append({ kind: 'killed', job, ...replica.author });
  await fleet.kill(replica);
  await pause(RESTART_AFTER_MS, undefined, { signal });
  const next = await fleet.startLife(replica.author.replica);
  if (next !== undefined) books.ledger.append({ kind: 'restarted', ...next.author });
}
