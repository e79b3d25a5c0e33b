/**
 * Turns errors of this library into answers, wherever they surface. HTTP gets the status of `toHttpException`.
 * Elsewhere the error goes on as if there were no filter, in the way each kind of context can take: a throw out of a
 * filter would end the process in a WebSocket gateway and never reach the caller of a message handler.
 */
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter, type Type } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { LockError } from '@holdfast/core';
import { throwError } from 'rxjs';
import { isLockError, toHttpException, type ContendedStatus } from './http-exception.js';

/** A class for `@Catch`, which asks with `instanceof`. */
function classOf(matches: (error: unknown) => boolean): Type {
  return Object.defineProperty(class {}, Symbol.hasInstance, { value: matches });
}

// Everybody hears of lost connections and leases from core's own log, and busy is no trouble. The rest is told here.
const TOLD_HERE: ReadonlySet<string> = new Set([
  'ERR_LOCK_REFUSED',
  'ERR_LOCK_REENTRY',
  'ERR_LOCK_CONFIG',
  'ERR_LOCK_NOT_WIRED',
]);

/**
 * Registered by `HoldfastModule` for the whole application unless `httpFilter` is false. It tells errors by code and
 * not by class, so that those of a second copy of core are answered the same.
 */
@Catch(classOf(isLockError))
export class LockExceptionFilter implements ExceptionFilter<LockError> {
  private readonly logger = new Logger('Holdfast');

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly contendedStatus: ContendedStatus,
  ) {}

  /** Answers an HTTP request, or hands the error on. */
  catch(error: LockError, host: ArgumentsHost): unknown {
    if (host.getType() === 'http') return this.answer(error, host);
    if (host.getType() === 'rpc') return throwError(() => this.packetOf(error));
    if (host.getType() === 'ws') return this.emit(error, host);
    throw error;
  }

  private answer(error: LockError, host: ArgumentsHost): void {
    const exception = toHttpException(error, { status: this.contendedStatus });
    if (exception === undefined) throw error;
    this.log(error);
    const adapter = this.adapterHost.httpAdapter;
    const response: unknown = host.switchToHttp().getResponse();
    if (adapter.isHeadersSent(response)) {
      adapter.end(response);
      return;
    }
    const { retryAfterSeconds } = exception;
    if (retryAfterSeconds !== undefined)
      adapter.setHeader(response, 'Retry-After', String(retryAfterSeconds));
    adapter.reply(response, exception.getResponse(), exception.getStatus());
  }

  private emit(error: LockError, host: ArgumentsHost): void {
    const client: { emit?: (event: string, packet: unknown) => unknown } = host.switchToWs().getClient();
    const packet = this.packetOf(error);
    if (typeof client.emit === 'function') client.emit('exception', packet);
  }

  /** The shape that Nest gives errors in messages, with a text that is fit for strangers. */
  private packetOf(error: LockError): object {
    this.log(error);
    return { status: 'error', message: toHttpException(error)?.message, errorCode: error.code };
  }

  private log(error: LockError): void {
    if (TOLD_HERE.has(error.code)) this.logger.error(error.message, error.stack);
  }
}

/** What stands in the filter's place when it is switched off, because Nest wants a filter for the token. */
@Catch(classOf(() => false))
export class NoLockExceptionFilter implements ExceptionFilter {
  catch(error: unknown): never {
    throw error;
  }
}
