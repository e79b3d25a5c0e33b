import type { RenewReply } from '../lease/lease-store.js';
import { text } from './script-reply.js';
import { fromServerReply } from './server-reply.js';

/** What a renewal script says of one member. */
export function asRenewal(code: number | string | undefined, scriptName: string): RenewReply {
  if (code === 1) return { outcome: 'renewed' };
  if (code === 0) return { outcome: 'lost' };
  return { outcome: 'failed', error: fromServerReply(text(code), scriptName) };
}
