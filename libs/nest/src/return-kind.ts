/** What a method returns, told before it is called: an Observable has to be handed out before the lock is taken. */
import type { DecoratedMethod } from './guard.js';
import type { MethodReturns } from './with-lock-options.js';

/** On wrappers, for a second decorator of ours on top of a first. */
const RETURNS = Symbol.for('@holdfast/nest returns');
/** What `@Sse` leaves on a method. */
const SSE = '__sse__';

/** Writes down what a wrapper returns. */
export function markReturns(wrapper: object, returns: MethodReturns | undefined): void {
  Reflect.defineMetadata(RETURNS, returns, wrapper);
}

/**
 * Reads it off the option, the kind of function, or the return type that the compiler emitted; `undefined` when
 * nothing says so, and then it is taken for a promise until it came back.
 */
export function returnsOf(method: DecoratedMethod, original: object): MethodReturns | undefined {
  const known: unknown = Reflect.getOwnMetadata(RETURNS, original);
  if (isMethodReturns(known)) return known;
  if (method.returns !== undefined) return method.returns;
  const kind = Object.prototype.toString.call(original);
  if (kind === '[object AsyncFunction]') return 'promise';
  if (kind === '[object AsyncGeneratorFunction]') return 'async-iterable';
  const emitted: unknown = Reflect.getMetadata('design:returntype', method.prototype, method.property);
  if (emitted === Promise) return 'promise';
  return isObservableClass(emitted) ? 'observable' : undefined;
}

/** Whether Nest serves the method as a stream of events, with `@Sse` above or below. */
export function isSse(wrapper: object): boolean {
  return Reflect.hasOwnMetadata(SSE, wrapper);
}

function isMethodReturns(value: unknown): value is MethodReturns {
  return value === 'promise' || value === 'observable' || value === 'async-iterable';
}

function isObservableClass(type: unknown): boolean {
  if (typeof type !== 'function') return false;
  const shape: unknown = type.prototype;
  return typeof shape === 'object' && shape !== null && 'subscribe' in shape && 'pipe' in shape;
}
