/**
 * When a pushed grant may be used before it is confirmed, and until when.
 *
 * The latest poll was answered "in line", so the grant was executed after that poll was executed, which was after it
 * was sent: the key lives at least until then + the grant's time. No server clock enters. The push must have come on
 * the connection that carried the poll, and its fence must be above the counter that the poll saw, or it might be
 * older than the poll. Counting from the push's arrival instead is wrong: a push may be late, a poll's send time never.
 * Until it is confirmed, the key of a grant has no lock delay behind it: who wants one has to confirm first.
 */
import { validityMs } from './deadline.js';
import { delaysNext, type LeaseTerms } from './demand.js';
import type { AcquireReply, LeasePush } from './lease-store.js';

/** The latest poll that was answered "in line", with the grant time it asked for. */
export interface PolledInLine {
  readonly reply: Extract<AcquireReply, { outcome: 'taken' }>;
  readonly grantMs: number;
  readonly terms: Pick<LeaseTerms, 'lockDelayMs'>;
}

/** Less than this and the confirmation would hardly be back in time. */
const LEAST_USEFUL_MS = 200;

/** The provisional deadline, or `undefined` when the push is no more than a wake-up. */
export function deadlineOfPush(push: LeasePush, poll: PolledInLine, now: number): number | undefined {
  if (push.kind !== 'granted' || push.epoch === undefined || delaysNext(poll.terms)) return undefined;
  if (push.epoch !== poll.reply.epoch || push.fence <= poll.reply.lastFence) return undefined;
  const deadline = poll.reply.sentAt + validityMs(Math.min(poll.grantMs, push.lastsMs));
  return deadline - now >= LEAST_USEFUL_MS ? deadline : undefined;
}
