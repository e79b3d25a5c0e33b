/**
 * How a decorated method finds its lock service: in a property of its own instance, so that several applications in
 * one process never meet. Nest fills it like any injected property, under a symbol whose text explains itself when the
 * module is missing. Instances that Nest did not construct are filled at boot, or by `wireLocks`.
 */
import { Inject, type InjectionToken } from '@nestjs/common';
import type { LockService } from '@holdfast/core';
import { getLockServiceToken } from './tokens.js';

/** Frozen instances can't carry a property. */
const frozen = new WeakMap<object, Map<symbol, unknown>>();

/** Where the lock service of an instance is kept; the text is what Nest prints when it has none to put there. */
export function slotOf(instance: string | undefined): symbol {
  const named = instance === undefined ? '' : ` of instance "${instance}"`;
  const option = instance === undefined ? '' : `instance: '${instance}', `;
  return Symbol.for(
    `LockService${named} for @WithLock (import HoldfastModule.forRoot({ ${option}connection, namespace }) in the root module)`,
  );
}

/** Makes instances of the class that `prototype` belongs to receive the lock service of `instance`. */
export function declareSlot(prototype: object, instance: string | undefined): void {
  declareInjection(prototype, slotOf(instance), getLockServiceToken(instance));
}

/** Makes instances of the class that `prototype` belongs to receive what `token` stands for, in a property `slot`. */
export function declareInjection(prototype: object, slot: symbol, token: InjectionToken): void {
  if (slot in prototype) return;
  // Through an accessor, because plain assignment, which Nest does, would make the service show up in logs and diffs.
  Object.defineProperty(prototype, slot, {
    configurable: true,
    get(this: object): unknown {
      return frozen.get(this)?.get(slot);
    },
    set(this: object, value: unknown) {
      fill(this, slot, value);
    },
  });
  Inject(token)(prototype, slot);
}

function fill(holder: object, slot: symbol, value: unknown): void {
  if (Object.isExtensible(holder)) {
    Object.defineProperty(holder, slot, { value, writable: true, configurable: true, enumerable: false });
    return;
  }
  const slots = frozen.get(holder) ?? new Map<symbol, unknown>();
  frozen.set(holder, slots.set(slot, value));
}

/** The lock service that reached `holder`, if any did. */
export function serviceAt(slot: symbol, holder: unknown): LockService | undefined {
  if (!isHolder(holder)) return undefined;
  const found = holder[slot];
  return isLockService(found) ? found : undefined;
}

// As a record, because every call comes here, and `Reflect.get` is several times as slow as an index.
function isHolder(value: unknown): value is Readonly<Record<symbol, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** By shape: a stand-in may be a plain object, and the class of a second copy of core is another class. */
function isLockService(value: unknown): value is LockService {
  return typeof value === 'object' && value !== null;
}

/**
 * Gives the decorated methods of an object that Nest did not construct their lock service, which is what a unit test
 * with a plain `new` needs. Objects of `useFactory` and `useValue` providers are wired at boot without it.
 *
 * @param instance - Which `HoldfastModule` the decorators name; leave it out for the unnamed one.
 * @returns `target` itself
 * @example `const orders = wireLocks(new Orders(repository), locks)`
 */
export function wireLocks<T extends object>(target: T, locks: LockService, instance?: string): T {
  fill(target, slotOf(instance), locks);
  return target;
}
