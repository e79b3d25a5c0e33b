/** Renews on every server. A lease goes on when a majority renewed it, and is lost when no majority can any more. */
import type { RenewMember, RenewReply, Sent } from '../lease/lease-store.js';
import { asStoreError, StoreError } from '../lease/store-error.js';
import { majorityOf } from './majority.js';
import { noQuorum } from './no-quorum.js';
import type { VotingStore } from './voting-store.js';

type Renewed = Sent & { readonly replies: readonly RenewReply[] };

/** Resolves when it is known of every member, or when all servers answered. */
export function renewMost(
  servers: readonly VotingStore[],
  members: readonly RenewMember[],
): Promise<Renewed> {
  return new Promise((resolve, reject) => {
    const answers: (Renewed | StoreError)[] = [];
    let open = true;
    const judge = (answer: Renewed | StoreError): void => {
      answers.push(answer);
      if (!open) return;
      const verdicts = members.map((_, member) => verdictOn(member, answers, servers.length));
      const last = answers.length === servers.length;
      if (!last && verdicts.includes(undefined)) return;
      open = false;
      const renewed = answers.flatMap((one) => (one instanceof StoreError ? [] : one));
      const trouble = noQuorum(servers.length, answers);
      if (renewed.length === 0) return reject(trouble);
      resolve({
        // The earliest of all: whichever servers a member counts on, its locks were armed after that.
        sentAt: Math.min(...renewed.map(({ sentAt }) => sentAt)),
        epoch: 0,
        replies: verdicts.map((verdict) => verdict ?? { outcome: 'failed', error: trouble }),
      });
    };
    for (const server of servers)
      server.renew(members).then(judge, (error: unknown) => judge(asStoreError(error)));
  });
}

function verdictOn(
  member: number,
  answers: readonly (Renewed | StoreError)[],
  servers: number,
): RenewReply | undefined {
  const replies = answers.flatMap((answer) =>
    answer instanceof StoreError ? [] : (answer.replies[member] ?? []),
  );
  const majority = majorityOf(servers);
  if (replies.filter(({ outcome }) => outcome === 'renewed').length >= majority)
    return { outcome: 'renewed' };
  return replies.filter(isLost).length > servers - majority ? { outcome: 'lost' } : undefined;
}

/** Also where somebody put a key of another kind in its place. */
function isLost(reply: RenewReply): boolean {
  if (reply.outcome !== 'failed') return reply.outcome === 'lost';
  return reply.error instanceof StoreError && reply.error.condition === 'wrong-type';
}
