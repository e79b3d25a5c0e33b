/** What a command or a script answers, in the words of the Redis protocol. */
import { toText, type Bytes } from './bytes.js';

/** A one-line answer such as `OK`; Lua sees it as `{ ok = … }`. */
export class Status {
  constructor(readonly text: Bytes) {}
}

/** An error answer: a code, a blank, a sentence. Lua sees it as `{ err = … }`. */
export class ErrorReply {
  constructor(readonly message: Bytes) {}
}

/** Integer, text, nothing, status, error, or a list of these. */
export type Reply = number | Bytes | null | Status | ErrorReply | readonly Reply[];

/** A reply as tests read it: texts decoded, a status as its text, and an error inside a list as an `Error`. */
export type Answer = number | string | null | Error | readonly Answer[];

/** Decodes a reply. The error of a whole call is thrown by callers; one inside a list is an item like any other. */
export function toAnswer(reply: Reply): Answer {
  if (reply === null || typeof reply === 'number') return reply;
  if (typeof reply === 'string') return toText(reply);
  if (reply instanceof Status) return toText(reply.text);
  if (reply instanceof ErrorReply) return new Error(toText(reply.message));
  return reply.map(toAnswer);
}
