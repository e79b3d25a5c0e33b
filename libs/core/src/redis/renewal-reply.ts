import type { RenewReply, Sent } from '../lease/lease-store.js';
import type { StoreError } from '../lease/store-error.js';
import type { ScriptReceipt } from './script-host.js';
import { text } from './script-reply.js';
import { fromServerReply } from './server-reply.js';

/** What a renewal script says of each of `count` members. */
export async function asRenewals(
  { reply, sentAt, epoch, unreplicated }: ScriptReceipt,
  count: number,
  scriptName: string,
): Promise<Sent & { readonly replies: readonly RenewReply[] }> {
  const unheard = await unreplicated;
  const replies = Array.from({ length: count }, (_, at) =>
    counted(asRenewal(reply[at], scriptName), unheard),
  );
  return { sentAt, epoch, replies };
}

function asRenewal(code: number | string | undefined, scriptName: string): RenewReply {
  if (code === 1) return { outcome: 'renewed' };
  if (code === 0) return { outcome: 'lost' };
  return { outcome: 'failed', error: fromServerReply(text(code), scriptName) };
}

/** What the replicas do not have leaves the deadline where it was. */
function counted(reply: RenewReply, unreplicated: StoreError | undefined): RenewReply {
  return reply.outcome === 'renewed' && unreplicated !== undefined
    ? { outcome: 'failed', error: unreplicated }
    : reply;
}
