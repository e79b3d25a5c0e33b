/** Where a decorator that guards a method may stand. The rest of its options waits for the boot. */
import { LockConfigError } from '@holdfast/core';

/** Any method. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What a decorator was called with. */
export interface Place {
  /** `@WithLock`, for messages. */
  readonly decorator: string;
  readonly target: unknown;
  readonly property: unknown;
  readonly descriptor: PropertyDescriptor | undefined;
  readonly options: unknown;
  /** What is wrong when there are no options at all. */
  readonly missing: string;
}

/** The function to wrap. @throws LockConfigError where a wrapper could guard nothing */
export function methodAt(place: Place): Method {
  const original: unknown = place.descriptor?.value;
  const fault = faultOf(place, original);
  if (fault === undefined && isMethod(original)) return original;
  throw new LockConfigError(`${place.decorator} on ${whereIs(place)}`, [fault ?? 'it works on methods only']);
}

function faultOf({ target, property, options, missing }: Place, original: unknown): string | undefined {
  if (typeof property === 'object')
    return 'needs the compiler option experimentalDecorators, like Nest itself';
  if (typeof target === 'function') {
    return 'it works on methods of instances; a class or a static method has no instance to find its service by';
  }
  if (!isMethod(original)) return 'it works on methods; on a property or an accessor it would guard nothing';
  if (typeof options !== 'object' || options === null) return missing;
  // By the boot Nest has to know which service to inject.
  const instance: unknown = Reflect.get(options, 'instance');
  if (instance !== undefined && (typeof instance !== 'string' || instance === '')) {
    return 'instance: must be a name';
  }
  const kind = Object.prototype.toString.call(original);
  return kind === '[object GeneratorFunction]'
    ? 'the method must be async, for what guards it works with promises'
    : undefined;
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

function whereIs({ target, property }: Place): string {
  const owner = typeof target === 'function' ? target.name : nameOfClass(target);
  return typeof property === 'string' || typeof property === 'symbol'
    ? `${owner}.${String(property)}`
    : owner;
}

function nameOfClass(prototype: unknown): string {
  return typeof prototype === 'object' && prototype !== null ? prototype.constructor.name : 'this';
}
