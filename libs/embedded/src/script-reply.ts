/** A script answers the host port with a flat list; anything else is a fault of the script. */
import type { ScriptReply } from '@holdfast/core';
import { toText } from './bytes.js';
import type { Reply } from './reply.js';

/** The reply as the port promises it; `undefined` if it has another shape. */
export function flatReply(reply: Reply): ScriptReply | undefined {
  if (!isList(reply)) return undefined;
  const flat: (number | string)[] = [];
  for (const item of reply) {
    if (typeof item === 'number') flat.push(item);
    else if (typeof item === 'string') flat.push(toText(item));
    else return undefined;
  }
  return flat;
}

function isList(reply: Reply): reply is readonly Reply[] {
  return Array.isArray(reply);
}
