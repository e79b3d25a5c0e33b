/**
 * `@RateLimit` makes a guard: requests are counted before pipes and handlers see them. Each decoration is a class of its own,
 * which Nest makes with the limiters of its instance, so nothing is shared between applications.
 */
import { Inject, UseGuards, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  LockConfigError,
  RateLimitedError,
  rateLimiterFaults,
  type LimitState,
  type LockKey,
  type RateLimiter,
  type RateLimiterService,
} from '@holdfast/core';
import { rateLimitHeaders } from './rate-limit-headers.js';
import type { RateLimitOptions } from './rate-limit-options.js';
import { getRateLimiterServiceToken } from './tokens.js';

/**
 * Lets so many requests pass, on all replicas together; the others fail with `RateLimitedError`, which HTTP answers with 429
 * and Retry-After. Stands on a controller or one of its methods, and on both and several times: all have to let it pass.
 * Answers say how the limits stand, in the headers `RateLimit-Policy` and `RateLimit`.
 *
 * For methods that no request leads to, inject `RateLimiterService`.
 *
 * @throws LockConfigError when the class is loaded, listing every fault of the options
 * @example `@RateLimit({ name: 'login', limits: [{ limit: 10, per: '1m' }, { limit: 100, per: '1d' }] })`
 */
export function RateLimit(options: RateLimitOptions): ClassDecorator & MethodDecorator {
  const { name, key } = options;
  const faults = [
    ...rateLimiterFaults(name, termsOf(options)),
    ...(key === undefined || typeof key === 'function' ? [] : ['key: must be a function of the context']),
  ];
  if (faults.length > 0) throw new LockConfigError(`@RateLimit(${JSON.stringify(name)}) cannot work`, faults);
  return UseGuards(guardClass(options));
}

/** What core is told. */
function termsOf({ name: _name, key: _key, cost: _cost, instance: _instance, ...terms }: RateLimitOptions) {
  return terms;
}

function guardClass(options: RateLimitOptions): Type<CanActivate> {
  const { name, key, cost = 1, instance } = options;
  class RateLimitGuard implements CanActivate {
    private readonly limiter: RateLimiter;

    constructor(
      limiters: RateLimiterService,
      private readonly adapterHost: HttpAdapterHost,
    ) {
      this.limiter = limiters.define(name, termsOf(options));
    }

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const whose = key === undefined ? addressOf(name, context) : key(context);
      const decision = await this.limiter.consume(whose, typeof cost === 'function' ? cost(context) : cost);
      if (decision.allowed && !decision.counted) return true;
      this.tell(context, decision.limits);
      if (!decision.allowed) throw new RateLimitedError(name, decision);
      return true;
    }

    private tell(context: ExecutionContext, limits: readonly LimitState[]): void {
      if (context.getType() !== 'http') return;
      const adapter = this.adapterHost.httpAdapter;
      const response: unknown = context.switchToHttp().getResponse();
      for (const [header, value] of Object.entries(rateLimitHeaders(name, limits))) {
        const before: unknown = adapter.getHeader(response, header);
        adapter.setHeader(response, header, typeof before === 'string' ? `${before}, ${value}` : value);
      }
    }
  }
  Inject(getRateLimiterServiceToken(instance))(RateLimitGuard, undefined, 0);
  Inject(HttpAdapterHost)(RateLimitGuard, undefined, 1);
  return RateLimitGuard;
}

/** @throws LockConfigError where there is none: all requests would count as one */
function addressOf(name: string, context: ExecutionContext): LockKey {
  const request: { readonly ip?: unknown } | undefined =
    context.getType() === 'http' ? context.switchToHttp().getRequest() : undefined;
  if (typeof request?.ip === 'string' && request.ip !== '') return request.ip;
  throw new LockConfigError(`@RateLimit("${name}") cannot work`, [
    `key: must be given, for a request of type "${context.getType()}" has no address`,
  ]);
}
