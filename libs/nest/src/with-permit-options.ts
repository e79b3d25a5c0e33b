/** Options of `@WithPermit`. */
import type { BodyOptions, Duration, LockKey, PermitTraits } from '@holdfast/core';
import type { MethodReturns, WhenBusy } from './with-lock-options.js';

/**
 * Options of `@WithPermit`.
 *
 * @typeParam KeyParameters - What the key function takes; checked against the method.
 * @typeParam Busy - The literal type of `whenBusy`.
 */
export interface WithPermitOptions<
  KeyParameters extends readonly unknown[] = [],
  Busy extends WhenBusy = WhenBusy,
>
  extends PermitTraits, BodyOptions {
  /** Name of the semaphore: few different ones, for it is a label in metrics and a row in the dashboard. */
  readonly name: string;
  /** The variable part, from the arguments of the call. @defaultValue none: one semaphore for all calls */
  readonly key?: (...args: KeyParameters) => LockKey;
  /**
   * How long to stand in line; 0 not at all, 'forever' must be written out.
   * @defaultValue 0 with `whenBusy: 'skip'`, otherwise the module's
   */
  readonly wait?: Duration | 'forever';
  /**
   * What happens when there are still not enough permits after `wait`: `throw` fails the call with LockBusyError or
   * LockTimeoutError; `skip` leaves the method out, so that it resolves to `undefined` or completes empty. A method
   * that `@nestjs/schedule` calls has to say it. @defaultValue 'throw'
   */
  readonly whenBusy?: Busy;
  /** Which `HoldfastModule` the semaphore belongs to. @defaultValue the unnamed one */
  readonly instance?: string;
  /** What the method returns; see `returns` of `@WithLock`. */
  readonly returns?: MethodReturns;
}
