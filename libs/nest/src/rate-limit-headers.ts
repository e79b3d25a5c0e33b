/**
 * What an HTTP client is told of its limits, by draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` says what they
 * are, `RateLimit` how they stand.
 */
import type { LimitState } from '@holdfast/core';

/** Values of both headers, for one limiter. */
export interface RateLimitHeaders {
  readonly 'RateLimit-Policy': string;
  readonly RateLimit: string;
}

export function rateLimitHeaders(limiter: string, limits: readonly LimitState[]): RateLimitHeaders {
  const named = limits.map((limit, at) => ({
    limit,
    name: `"${plain(limiter)}${limits.length === 1 ? '' : `-${at + 1}`}"`,
  }));
  return {
    'RateLimit-Policy': named
      .map(({ name, limit }) => `${name};q=${limit.limit}${windowOf(limit)}`)
      .join(', '),
    RateLimit: named
      .map(({ name, limit }) => `${name};r=${limit.remaining};t=${Math.ceil(limit.resetMs / 1_000)}`)
      .join(', '),
  };
}

/** The draft counts in whole seconds; a window that is none stays unsaid. */
function windowOf({ windowMs }: LimitState): string {
  return windowMs % 1_000 === 0 ? `;w=${windowMs / 1_000}` : '';
}

/** A string of structured fields (RFC 9651) has signs of ASCII only, and two of them mean something. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\%]/gu, (sign) => encodeURIComponent(sign));
}
