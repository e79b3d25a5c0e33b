/** Options of `@RateLimit`. */
import type { LockKey, RateLimiterOptions } from '@holdfast/core';
import type { ExecutionContext } from '@nestjs/common';

/** Options of `@RateLimit`. */
export interface RateLimitOptions extends RateLimiterOptions {
  /** Name of the limiter: few different ones, for it is a label in metrics and stands in a header of the answer. */
  readonly name: string;
  /**
   * Who is limited, from the request; `undefined` for all together.
   * @defaultValue the address of an HTTP request, which must be given by a trusted proxy where there is one; elsewhere it
   *   has to be said
   */
  readonly key?: (context: ExecutionContext) => LockKey | undefined;
  /** How much a request counts. @defaultValue 1 */
  readonly cost?: number | ((context: ExecutionContext) => number);
  /** Which `HoldfastModule` counts. @defaultValue the unnamed one */
  readonly instance?: string;
}
