/** What is told of a decorated method that no service reached, and the way out. */
import type { DecoratedMethod } from './guard.js';

/** What it misses. */
export interface Missing {
  /** `LockService`. */
  readonly service: string;
  readonly instance: string | undefined;
  /** `wireLocks(object, locks)`, without the instance and the bracket. */
  readonly wire: string;
}

/** The message for a call on `self`. */
export function notWired(
  { label, decorator }: DecoratedMethod,
  { service, instance, wire }: Missing,
  self: unknown,
): string {
  const start = `${label} carries ${decorator} and did not run, because no ${service} reached `;
  if (typeof self !== 'object' || self === null) {
    return `${start}it: it was called without its object. Call it as a method, or bind it`;
  }
  const named = instance === undefined ? '' : `, '${instance}'`;
  return (
    `${start}this object. Let Nest construct it (a class in providers or controllers, of an application that imports ` +
    `HoldfastModule), or wire it yourself: ${wire}${named})`
  );
}
