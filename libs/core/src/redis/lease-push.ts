/** Reads what the scripts publish: `kind token fence lastsMs lockKey`, of which only the key may contain spaces. */
import type { LeasePush } from '../lease/lease-store.js';
import type { KeySpace } from './keys.js';
import type { PushedMessage } from './script-host.js';

const PUSH_KINDS: ReadonlySet<string> = new Set(['granted', 'wake', 'held'] satisfies LeasePush['kind'][]);
const isPushKind = (kind: string | undefined): kind is LeasePush['kind'] =>
  kind !== undefined && PUSH_KINDS.has(kind);

/** `undefined` for anything else on our channel, which is not for us. */
export function decodePush({ payload, epoch }: PushedMessage, keys: KeySpace): LeasePush | undefined {
  const [kind, token, fence, lastsMs] = payload.split(' ', 4);
  if (!isPushKind(kind) || token === undefined || fence === undefined || lastsMs === undefined)
    return undefined;
  const identity = keys.identityOf(payload.slice([kind, token, fence, lastsMs, ''].join(' ').length));
  if (identity === undefined) return undefined;
  return { kind, token, identity, fence: Number(fence), lastsMs: Number(lastsMs), epoch };
}
