/** What an HTTP client is told about a lock that failed it: the kind of trouble, never the key nor who holds it. */
import { HttpException } from '@nestjs/common';
import { LockError, type LockErrorCode } from '@holdfast/core';
import { STATUS_CODES } from 'node:http';

/** What a busy lock may answer. */
export const CONTENDED_STATUSES = [409, 423, 429, 503] as const;

/** 409 Conflict, 423 Locked, 429 Too Many Requests or 503 Service Unavailable. */
export type ContendedStatus = (typeof CONTENDED_STATUSES)[number];

/** An `HttpException` made of an error of this library, which is its `cause`. */
export class LockHttpException extends HttpException {
  /** Whole seconds for the header `Retry-After`; `undefined` when trying again is no remedy. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    error: LockError,
    answer: { status: number; message: string; retryAfterSeconds: number | undefined },
  ) {
    const { status, message, retryAfterSeconds } = answer;
    const body = {
      statusCode: status,
      message,
      error: STATUS_CODES[status] ?? 'Error',
      errorCode: error.code,
    };
    super(body, status, { cause: error });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface Answer {
  readonly status: number;
  readonly message: string;
  /** Seconds to wait when the error does not say it itself. */
  readonly retryAfterSeconds?: number;
}

const CONTENDED: Answer = {
  status: 409,
  message: 'Somebody else is working on this; try again later',
  retryAfterSeconds: 1,
};
const UNAVAILABLE: Answer = { status: 503, message: 'Locks are not available; try again later' };
/** What a client can do nothing about reads like any other internal error. */
const INTERNAL: Answer = { status: 500, message: 'Internal server error' };

// Lost and over its limit are 500 without Retry-After: the work may be half done, and trying again may double it.
const ANSWERS: Readonly<Record<LockErrorCode, Answer>> = {
  ERR_LOCK_BUSY: CONTENDED,
  ERR_LOCK_TIMEOUT: CONTENDED,
  ERR_LOCK_RATE_LIMITED: {
    status: 429,
    message: 'Too many requests; try again later',
    retryAfterSeconds: 1,
  },
  ERR_LOCK_UNAVAILABLE: { ...UNAVAILABLE, retryAfterSeconds: 1 },
  ERR_LOCK_REFUSED: UNAVAILABLE,
  ERR_LOCK_CLOSED: UNAVAILABLE,
  ERR_LOCK_ABORTED: { status: 503, message: 'The request was given up before its turn came' },
  ERR_LOCK_STALE_FENCE: { status: 409, message: 'Somebody else has changed this in the meantime' },
  ERR_LOCK_SCRIPT_REPLY: INTERNAL,
  ERR_LOCK_ONCE_FAILED: INTERNAL,
  ERR_LOCK_ONCE_RESULT: INTERNAL,
  ERR_LOCK_LOST: INTERNAL,
  ERR_LOCK_HOLD_LIMIT: INTERNAL,
  ERR_LOCK_REENTRY: INTERNAL,
  ERR_LOCK_CONFIG: INTERNAL,
  ERR_LOCK_NOT_WIRED: INTERNAL,
};

/** Whether this is an error of this library that {@link toHttpException} knows, of whichever copy of it. */
export function isLockError(error: unknown): error is LockError {
  return LockError.is(error) && Object.hasOwn(ANSWERS, error.code);
}

/**
 * The HTTP form of an error of this library, for applications with a catch-all filter of their own; `undefined` for
 * anything else. The body is `{ statusCode, message, error, errorCode }`.
 *
 * @param options - `status` replaces the 409 of a busy lock.
 * @example `catch(error, host) { super.catch(toHttpException(error) ?? error, host) }`
 */
export function toHttpException(
  error: unknown,
  options: { readonly status?: ContendedStatus } = {},
): LockHttpException | undefined {
  if (!isLockError(error)) return undefined;
  const answer = ANSWERS[error.code];
  const { message, retryAfterSeconds } = answer;
  const status = answer === CONTENDED ? (options.status ?? answer.status) : answer.status;
  return new LockHttpException(error, {
    status,
    message,
    retryAfterSeconds: secondsOf(error) ?? retryAfterSeconds,
  });
}

function secondsOf(error: LockError): number | undefined {
  const ms: unknown = 'retryAfterMs' in error ? error.retryAfterMs : undefined;
  return typeof ms === 'number' && Number.isFinite(ms) ? Math.max(1, Math.ceil(ms / 1_000)) : undefined;
}
