/** Where one of our decorators was put. A place where it could do nothing is refused when the class is loaded. */
import { LockConfigError } from '@holdfast/core';
import { instanceFaults } from './option-faults.js';

/** Any method. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What a decorator was called with, which in JavaScript may be anything. */
export interface DecoratedPlace {
  /** As people write it, with the `@`. */
  readonly decorator: string;
  /** What it finds by the instance of the class, for the sentence that says why a static method has none. */
  readonly needs: string;
  readonly target: unknown;
  readonly property: unknown;
  readonly descriptor: PropertyDescriptor | undefined;
}

/**
 * The function that was decorated.
 * @param further - What else can be wrong, in a sentence; asked only where the place itself is right.
 * @throws LockConfigError on anything but a method of instances
 */
export function methodAt(place: DecoratedPlace, further: (method: Method) => string | undefined): Method {
  const original: unknown = place.descriptor?.value;
  const fault = placeFault(place, original) ?? (isMethod(original) ? further(original) : undefined);
  if (fault === undefined && isMethod(original)) return original;
  throw new LockConfigError(`${place.decorator} on ${whereIs(place)}`, [fault ?? 'it works on methods only']);
}

/** What a decorator that guards a method refuses besides the place: the rest of its options waits for the boot. */
export function guardFault(options: unknown, missing: string): (method: Method) => string | undefined {
  return (method) => {
    if (typeof options !== 'object' || options === null) return missing;
    const kind = Object.prototype.toString.call(method);
    return kind === '[object GeneratorFunction]'
      ? 'the method must be async, for what guards it has to be waited for'
      : instanceFault(options);
  };
}

/** What is wrong with the name of an instance, which Nest needs to know before any other option. */
export function instanceFault(options: object): string | undefined {
  return instanceFaults(Reflect.get(options, 'instance'))[0];
}

function placeFault(
  { target, property, needs, descriptor }: DecoratedPlace,
  original: unknown,
): string | undefined {
  if (typeof property === 'object')
    return 'needs the compiler option experimentalDecorators, like Nest itself';
  if (typeof target === 'function') {
    return `it works on methods of instances; a class or a static method has no instance to ${needs}`;
  }
  if (isMethod(original)) return undefined;
  return descriptor === undefined || 'value' in descriptor
    ? 'it works on methods; on a property it would have no effect'
    : 'it works on methods; on an accessor it would have no effect';
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

function whereIs({ target, property }: DecoratedPlace): string {
  const owner = typeof target === 'function' ? target.name : nameOfClass(target);
  return typeof property === 'string' || typeof property === 'symbol'
    ? `${owner}.${String(property)}`
    : owner;
}

function nameOfClass(prototype: unknown): string {
  return typeof prototype === 'object' && prototype !== null ? prototype.constructor.name : 'this';
}
