/**
 * How a decorated method finds its service: in a property of its own instance, so that several applications in one
 * process never meet. Nest fills it like any injected property, under a symbol whose text explains itself when the
 * module is missing. Instances that Nest did not construct are filled at boot, or by `wireLocks`, `wireSemaphores`,
 * `wireOnce` and `wireLeaders`.
 */
import { Inject, type InjectionToken } from '@nestjs/common';
import type { JobService, LeaderService, LockService, OnceService, SemaphoreService } from '@holdfast/core';
import {
  getJobServiceToken,
  getLeaderServiceToken,
  getLockServiceToken,
  getOnceServiceToken,
  getSemaphoreServiceToken,
} from './tokens.js';

/** Frozen instances can't carry a property. */
const frozen = new WeakMap<object, Map<symbol, unknown>>();

/** Where a service of an instance of the module is kept. */
export interface Slot<Service extends object> {
  readonly token: InjectionToken<Service>;
  /** Its text is what Nest prints when it has nothing to put there. */
  readonly key: symbol;
}

/** Where `@WithLock` finds its locks. */
export function lockSlot(instance: string | undefined): Slot<LockService> {
  const token = getLockServiceToken(instance);
  return { token, key: keyFor('LockService', '@WithLock', instance) };
}

/** Where `@WithPermit` finds its semaphores. */
export function semaphoreSlot(instance: string | undefined): Slot<SemaphoreService> {
  const token = getSemaphoreServiceToken(instance);
  return { token, key: keyFor('SemaphoreService', '@WithPermit', instance) };
}

/** Where `@Once` finds what it remembers. */
export function onceSlot(instance: string | undefined): Slot<OnceService> {
  const token = getOnceServiceToken(instance);
  return { token, key: keyFor('OnceService', '@Once', instance) };
}

/** Where `@OnlyLeader` finds its elections. */
export function leaderSlot(instance: string | undefined): Slot<LeaderService> {
  const token = getLeaderServiceToken(instance);
  return { token, key: keyFor('LeaderService', '@OnlyLeader', instance) };
}

/**
 * Nobody looks into it: a job that no instance defines would never run, and nobody would hear of it. So its class asks
 * for the service, and Nest refuses to make it where there is none.
 */
export function jobSlot(instance: string | undefined): Slot<JobService> {
  const token = getJobServiceToken(instance);
  return { token, key: keyFor('JobService', '@ClusterCron', instance) };
}

function keyFor(service: string, decorator: string, instance: string | undefined): symbol {
  const named = instance === undefined ? '' : ` of instance "${instance}"`;
  const option = instance === undefined ? '' : `instance: '${instance}', `;
  return Symbol.for(
    `${service}${named} for ${decorator} (import HoldfastModule.forRoot({ ${option}connection, namespace }) in the root module)`,
  );
}

/** Makes instances of the class that `prototype` belongs to receive what belongs into the slot. */
export function declareSlot(prototype: object, { token, key }: Slot<object>): void {
  if (key in prototype) return;
  // Through an accessor, because plain assignment, which Nest does, would make the service show up in logs and diffs.
  Object.defineProperty(prototype, key, {
    configurable: true,
    get(this: object): unknown {
      return frozen.get(this)?.get(key);
    },
    set(this: object, value: unknown) {
      fill(this, key, value);
    },
  });
  Inject(token)(prototype, key);
}

function fill(holder: object, key: symbol, value: unknown): void {
  if (Object.isExtensible(holder)) {
    Object.defineProperty(holder, key, { value, writable: true, configurable: true, enumerable: false });
    return;
  }
  const slots = frozen.get(holder) ?? new Map<symbol, unknown>();
  frozen.set(holder, slots.set(key, value));
}

/** The service that reached `holder`, if any did. */
export function serviceAt<Service extends object>(
  { key }: Slot<Service>,
  holder: unknown,
): Service | undefined {
  if (!isHolder(holder)) return undefined;
  const found = holder[key];
  return isService<Service>(found) ? found : undefined;
}

// As a record, because every call comes here, and `Reflect.get` is several times as slow as an index.
function isHolder(value: unknown): value is Readonly<Record<symbol, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** By shape: a stand-in may be a plain object, and the class of a second copy of core is another class. */
function isService<Service extends object>(value: unknown): value is Service {
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
  fill(target, lockSlot(instance).key, locks);
  return target;
}

/**
 * The same for methods with `@WithPermit`.
 *
 * @param instance - Which `HoldfastModule` the decorators name; leave it out for the unnamed one.
 * @returns `target` itself
 */
export function wireSemaphores<T extends object>(
  target: T,
  semaphores: SemaphoreService,
  instance?: string,
): T {
  fill(target, semaphoreSlot(instance).key, semaphores);
  return target;
}

/**
 * The same for methods with `@Once`.
 *
 * @param instance - Which `HoldfastModule` the decorators name; leave it out for the unnamed one.
 * @returns `target` itself
 */
export function wireOnce<T extends object>(target: T, once: OnceService, instance?: string): T {
  fill(target, onceSlot(instance).key, once);
  return target;
}

/**
 * The same for methods with `@OnlyLeader`. Their campaign begins with the first call, which is therefore skipped; begin
 * it yourself, with `leaders.campaign()`, and wait for `whenLeader()`.
 *
 * @param instance - Which `HoldfastModule` the decorators name; leave it out for the unnamed one.
 * @returns `target` itself
 */
export function wireLeaders<T extends object>(target: T, leaders: LeaderService, instance?: string): T {
  fill(target, leaderSlot(instance).key, leaders);
  return target;
}
