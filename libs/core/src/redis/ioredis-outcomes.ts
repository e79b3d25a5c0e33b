/** What ioredis answers, in our words: replies as flat lists, errors as conditions without anybody's arguments. */
import { StoreError } from '../lease/store-error.js';
import { RedirectError, redirectionOf } from './redirect.js';
import type { ScriptReply } from './script-host.js';
import { fromServerReply } from './server-reply.js';

export function notConnected(): StoreError {
  return new StoreError('disconnected', 'There is no connection', { ambiguous: false });
}

/**
 * Why there is no connection, for calls that are refused unsent. Our own words only: texts of ioredis carry arguments,
 * and those of AUTH carry the password.
 */
export function asTrouble(error: Error): StoreError {
  if (error.name === 'ReplyError') return fromServerReply(error.message, 'the connection');
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'connection lost';
  return new StoreError('disconnected', code, { ambiguous: false });
}

export function asCallError(error: unknown, scriptName: string): StoreError {
  if (isServerReply(error)) {
    const redirection = redirectionOf(error.message);
    return redirection === undefined
      ? fromServerReply(error.message, scriptName)
      : new RedirectError(redirection);
  }
  const unsent = error instanceof Error && error.message.startsWith("Stream isn't writeable");
  return new StoreError('disconnected', `The connection was lost during ${scriptName}`, {
    ambiguous: !unsent,
  });
}

/** Whether the server said it, unlike an error of the connection. */
export function isServerReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

export function asReply(reply: unknown, scriptName: string): ScriptReply {
  if (Array.isArray(reply) && reply.every(isReplyValue)) return reply;
  throw new StoreError('unexpected', `${scriptName} answered something that is not a flat list`, {
    ambiguous: true,
  });
}

export function isReplyValue(value: unknown): value is number | string {
  return typeof value === 'number' || typeof value === 'string';
}
