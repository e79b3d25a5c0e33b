/** Reads what the scripts of jobs answer: what happened, the server's clock, and of a run what its process has to know. */
import type { Answered, ClaimReply, FinishReply, PollReply, RunGrant } from '../jobs/job-store.js';
import { StoreError } from '../lease/store-error.js';
import type { ScriptReceipt } from './script-host.js';
import { integer, text } from './script-reply.js';

const SKIPPED = 'skipped:';

export function asClaim(receipt: ScriptReceipt): ClaimReply {
  const outcome = text(receipt.reply[0]);
  const when = answered(receipt);
  if (outcome.startsWith(SKIPPED)) return { outcome: 'skipped', reason: asReason(outcome), ...when };
  switch (outcome) {
    case 'run':
      return asGrant(receipt);
    case 'queued':
    case 'claimed':
    case 'stale':
    case 'busy':
    case 'early':
    case 'superseded':
    case 'unknown':
      return { outcome, ...when };
    default:
      throw notUnderstood(outcome);
  }
}

export function asPoll(receipt: ScriptReceipt): PollReply {
  const outcome = text(receipt.reply[0]);
  const when = answered(receipt);
  if (outcome === 'run') return asGrant(receipt);
  if (outcome === 'unknown') return { outcome, ...when };
  if (outcome !== 'idle') throw notUnderstood(outcome);
  const [, , floorMs, accountedMs, paused, hash, definition, ...cancelled] = receipt.reply;
  return {
    outcome,
    ...when,
    floorMs: integer(floorMs),
    accountedMs: integer(accountedMs),
    paused: integer(paused) === 1,
    hash: text(hash),
    definition: text(definition) === '' ? undefined : text(definition),
    cancelled: cancelled.map(text),
  };
}

export function asFinish(receipt: ScriptReceipt): FinishReply {
  const outcome = text(receipt.reply[0]);
  if (outcome === 'run') return asGrant(receipt);
  if (outcome === 'done' || outcome === 'superseded') return { outcome, ...answered(receipt) };
  throw notUnderstood(outcome);
}

function answered({ reply, sentAt, epoch }: ScriptReceipt): Answered {
  return { serverMs: integer(reply[1]), sentAt, epoch };
}

function asGrant(receipt: ScriptReceipt): RunGrant {
  const [, , run, fence, attempt, checkpoint] = receipt.reply;
  const saved = text(checkpoint);
  return {
    outcome: 'run',
    ...answered(receipt),
    run: text(run),
    // As text, for it comes out of a hash.
    fence: Number(text(fence)),
    attempt: integer(attempt),
    checkpoint: saved === '' ? undefined : saved,
  };
}

function asReason(outcome: string): 'overlap' | 'paused' | 'missed' {
  const reason = outcome.slice(SKIPPED.length);
  if (reason === 'overlap' || reason === 'paused' || reason === 'missed') return reason;
  throw notUnderstood(outcome);
}

function notUnderstood(outcome: string): StoreError {
  return new StoreError('unexpected', `A script of jobs answered "${outcome}"`, { ambiguous: true });
}
