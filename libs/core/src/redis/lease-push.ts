/** Reads what the scripts publish: `kind token fence lastsMs key`, of which only the key may contain spaces. */
import type { LeasePush } from '../lease/lease-store.js';
import type { PushedMessage } from './script-host.js';

const PUSH_KINDS: ReadonlySet<string> = new Set(['granted', 'wake', 'held'] satisfies LeasePush['kind'][]);
const isPushKind = (kind: string | undefined): kind is LeasePush['kind'] =>
  kind !== undefined && PUSH_KINDS.has(kind);

/** `undefined` for anything else on our channel, and for a key in which `identityOf` sees none of its own. */
export function decodePush(
  { payload, epoch }: PushedMessage,
  identityOf: (key: string) => string | undefined,
): LeasePush | undefined {
  const [kind, token, fence, lastsMs] = payload.split(' ', 4);
  if (!isPushKind(kind) || token === undefined || fence === undefined || lastsMs === undefined)
    return undefined;
  const identity = identityOf(payload.slice([kind, token, fence, lastsMs, ''].join(' ').length));
  if (identity === undefined) return undefined;
  return { kind, token, identity, fence: Number(fence), lastsMs: Number(lastsMs), epoch };
}
