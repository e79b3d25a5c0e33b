/** Counts the answers to the bids of one round. Pure: what they come to does not depend on when they came. */
import type { AcquireReply } from '../lease/lease-store.js';
import { StoreError } from '../lease/store-error.js';
import { FENCE_BLOCK } from '../lease/tenure.js';
import { processOf } from '../lease/token.js';
import { majorityOf, reachedBy } from './majority.js';
import { noQuorum } from './no-quorum.js';

/** What a server said to a bid; nothing while it has not. */
export type BidAnswer = AcquireReply | StoreError | undefined;

export type Taken = Extract<AcquireReply, { outcome: 'taken' }>;
export type Granted = Extract<AcquireReply, { outcome: 'granted' }>;

/**
 * `open`: answers that are still out may decide it. `won`: a majority took the bid. `taken`: somebody else has a
 * majority, or nobody is in its way. `split`: nobody has one; who stays is decided by `lowest`, the first of all tokens
 * that bid. `no-quorum`: too few answer.
 */
export type BidVerdict =
  | { readonly verdict: 'open' }
  | { readonly verdict: 'won'; readonly lastFence: number }
  | { readonly verdict: 'taken'; readonly reply: Taken }
  | { readonly verdict: 'split'; readonly reply: Taken; readonly lowest: string }
  | { readonly verdict: 'no-quorum'; readonly error: StoreError };

export const isGranted = (answer: BidAnswer): answer is Granted =>
  answer !== undefined && !(answer instanceof StoreError) && answer.outcome === 'granted';
const isTaken = (answer: BidAnswer): answer is Taken =>
  answer !== undefined && !(answer instanceof StoreError) && answer.outcome === 'taken';

/** @param waiting whether answers that are out are waited for */
export function tallyBids(token: string, answers: readonly BidAnswer[], waiting: boolean): BidVerdict {
  const majority = majorityOf(answers.length);
  const granted = answers.filter(isGranted);
  const taken = answers.filter(isTaken);
  if (granted.length >= majority) return { verdict: 'won', lastFence: lastFenceAbove(granted) };
  const holder = holderOfMost(taken, majority);
  if (holder !== undefined) return { verdict: 'taken', reply: asOne(answers, holder) };
  if (waiting && answers.includes(undefined)) return { verdict: 'open' };
  if (granted.length + taken.length < majority)
    return { verdict: 'no-quorum', error: noQuorum(answers.length, answers) };
  const bidders = taken.map((reply) => reply.holder).filter((holder) => processOf(holder) !== undefined);
  const lowest = [...bidders, ...(granted.length > 0 ? [token] : [])].toSorted()[0] ?? '';
  return { verdict: 'split', reply: asOne(answers, lowest), lowest };
}

/** A block above all that were issued with the bids; each of those was above what its server knew and its clock. */
function lastFenceAbove(granted: readonly Granted[]): number {
  return Math.max(...granted.map(({ fence }) => fence)) + 2 * FENCE_BLOCK - 1;
}

function holderOfMost(taken: readonly Taken[], majority: number): string | undefined {
  const counts = new Map<string, number>();
  for (const { holder } of taken) {
    const count = (counts.get(holder) ?? 0) + 1;
    if (count >= majority) return holder;
    counts.set(holder, count);
  }
  return undefined;
}

/** What a majority says of a lock that is taken: when so many could be free, and where in their lines the bidder stands. */
function asOne(answers: readonly BidAnswer[], holder: string): Taken {
  const majority = majorityOf(answers.length);
  const taken = answers.filter(isTaken);
  const free = answers.filter(isGranted).map(() => 0);
  const remaining = taken.map(({ remainingMs }) => (remainingMs < 0 ? Infinity : remainingMs));
  const remainingMs = reachedBy(majority, [...free, ...remaining]);
  const position = reachedBy(
    majority,
    taken.map((reply) => (reply.position === 0 ? Infinity : reply.position)),
  );
  return {
    outcome: 'taken',
    holder,
    remainingMs: remainingMs === Infinity ? -1 : remainingMs,
    lastFence: Math.max(0, ...taken.map(({ lastFence }) => lastFence)),
    position: position === Infinity ? 0 : position,
    // Grants are never pushed here, so none is missed.
    joined: false,
    sentAt: Math.min(...taken.map(({ sentAt }) => sentAt)),
    epoch: 0,
  };
}
