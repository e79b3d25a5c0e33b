/** Acquires and releases as members of `lease/batch`: what the script is told, and how their parts of the reply are read. */
import type { AcquireReply, AcquireRequest, ReleaseRequest } from '../lease/lease-store.js';
import type { ScriptReceipt } from './script-host.js';
import { integer, text } from './script-reply.js';
import { leaseBatch } from './scripts.generated.js';
import { fromServerReply } from './server-reply.js';

/** What travels in a batch. */
export type BatchMember = AcquireRequest | ReleaseRequest;

/** What the script is told beside the token. */
export interface MemberTerms {
  readonly ttlMs: number;
  readonly idleMs: number;
}

const NOT_QUEUEING = -1;

/** @param byGrant whether a free lock may be pushed to a waiter, or only the news that it is free */
export function termsOf(member: BatchMember, byGrant: boolean): MemberTerms {
  if (member.operation === 'release') return { ttlMs: 0, idleMs: member.holdMs };
  const idleMs = member.queueing ? (byGrant ? member.grantMs : 0) : NOT_QUEUEING;
  return { ttlMs: member.ttlMs, idleMs };
}

/** How many words tell a member that somebody else holds. */
const TAKEN_WORDS = 6;

/** What came of a call, with what came of the thing that it was about, where that is remembered. */
export interface MemberReceipt extends ScriptReceipt {
  readonly told?: string | undefined;
}

/** Tells a member its part of the reply, which begins at `at`; returns where the next one's begins. */
export function answer(member: BatchMember, receipt: MemberReceipt, at: number): number {
  const code = receipt.reply[at];
  if (typeof code !== 'number') {
    member.failed(fromServerReply(text(code), leaseBatch.name));
    return at + 1;
  }
  if (member.operation === 'release') {
    member.answered(code === 1);
    return at + 1;
  }
  if (code === 0) {
    const reply = taken(receipt, at);
    if (receipt.told === undefined) member.answered(reply);
    else counted(member, reply, receipt);
    return at + TAKEN_WORDS;
  }
  const { sentAt, epoch } = receipt;
  counted(member, { outcome: 'granted', fence: integer(code), sentAt, epoch }, receipt);
  return at + 1;
}

/** It counts when enough replicas have what it tells of; that the lock is taken counts at once. */
function counted(member: AcquireRequest, reply: AcquireReply, { unreplicated }: ScriptReceipt): void {
  if (unreplicated === undefined) member.answered(reply);
  else void unreplicated.then((why) => (why === undefined ? member.answered(reply) : member.failed(why)));
}

function taken({ reply, told, sentAt, epoch }: MemberReceipt, at: number): AcquireReply {
  return {
    outcome: 'taken',
    remainingMs: integer(reply[at + 1]),
    holder: text(reply[at + 2]),
    lastFence: integer(reply[at + 3]),
    position: integer(reply[at + 4]),
    joined: integer(reply[at + 5]) === 1,
    told,
    sentAt,
    epoch,
  };
}
