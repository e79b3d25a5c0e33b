/** Counts the votes of one round. */
import { StoreError } from '../lease/store-error.js';
import { majorityOf } from './majority.js';
import { noQuorum } from './no-quorum.js';
import type { VoteReply } from './voting-store.js';

/** What a server said when it was asked to vote; nothing while it has not. */
export type VoteAnswer = VoteReply | StoreError | undefined;

/**
 * `won`: a majority voted, and the grant counts from `sentAt`. `again`: bids were lost or fences went on meanwhile, and
 * another round may win. `no-quorum`: too few can vote.
 */
export type VoteVerdict =
  | { readonly verdict: 'open' }
  | { readonly verdict: 'won'; readonly sentAt: number }
  | { readonly verdict: 'again' }
  | { readonly verdict: 'no-quorum'; readonly error: StoreError };

/** @param answers of the servers that were asked, which are not more than there are */
export function tallyVotes(servers: number, answers: readonly VoteAnswer[]): VoteVerdict {
  const majority = majorityOf(servers);
  const replies = answers.flatMap((answer) =>
    answer === undefined || answer instanceof StoreError ? [] : answer,
  );
  const voted = replies.filter(({ outcome }) => outcome === 'voted');
  if (voted.length >= majority)
    return { verdict: 'won', sentAt: Math.min(...voted.map(({ sentAt }) => sentAt)) };
  const out = answers.filter((answer) => answer === undefined).length;
  if (voted.length + out >= majority) return { verdict: 'open' };
  const cannot = answers.filter((answer) => answer instanceof StoreError || answer?.outcome === 'absent');
  if (servers - cannot.length >= majority) return { verdict: 'again' };
  return { verdict: 'no-quorum', error: noQuorum(servers, answers) };
}
