/** One decorated method: what its options ask for, checked and prepared once, and looked up again on every call. */
import { LockConfigError, type LockKey, LockNotWiredError } from '@holdfast/core';
import { DecoratedMethods } from './decorated-methods.js';
import type { DecoratedMethod } from './guard.js';
import type { AnyOptions, MethodKind, PreparedCalls, PreparingService } from './method-kinds.js';
import { notWired } from './not-wired.js';
import { returnsFaults, shown, unknownOptions } from './option-faults.js';
import { ScheduleStops } from './schedule-stop.js';
import { serviceAt, type Slot } from './wiring.js';
import type { MethodReturns } from './with-lock-options.js';

const OF_NEST = ['name', 'key', 'whenBusy', 'instance', 'returns'] as const;

const WHEN_BUSY: readonly unknown[] = [undefined, 'throw', 'skip'];

/** Which method was decorated, and with what. */
export interface DecoratedWith {
  readonly property: string | symbol;
  readonly options: AnyOptions;
}

/** A method that carries `@WithLock`, `@WithPermit` or `@Once`. */
export class LockedMethod implements DecoratedMethod {
  readonly decorator: MethodKind['decorator'];
  readonly label: string;
  readonly instance: string | undefined;
  /** Whether a busy lock leaves the method out instead of failing the call. */
  readonly skips: boolean;
  /** Filled at boot, for a method that a schedule calls. */
  readonly stops = new ScheduleStops();
  readonly property: string | symbol;
  readonly options: AnyOptions;
  private readonly slot: Slot<PreparingService>;
  private readonly prepared = new WeakMap<PreparingService, PreparedCalls>();

  constructor(
    readonly kind: MethodKind,
    readonly prototype: object,
    { property, options }: DecoratedWith,
  ) {
    this.property = property;
    this.options = options;
    this.decorator = kind.decorator;
    this.label = `${prototype.constructor.name}.${String(property)}`;
    this.instance = options.instance;
    this.slot = kind.slotOf(options.instance);
    this.skips = options.whenBusy === 'skip';
  }

  get returns(): MethodReturns | undefined {
    return 'returns' in this.options ? this.options.returns : undefined;
  }

  /** Checks everything and keeps the result. @throws LockConfigError that lists every fault of this method */
  prepare(service: PreparingService): PreparedCalls {
    const known = this.prepared.get(service);
    if (known !== undefined) return known;
    const faults = this.ownFaults();
    const prepared = this.prepareBy(service, faults);
    if (prepared === undefined || faults.length > 0)
      throw new LockConfigError(`${this.decorator} on ${this.label}`, faults);
    this.prepared.set(service, prepared);
    return prepared;
  }

  /** The lock for a call on `self`. @throws LockNotWiredError if no service reached it, so that it never runs unguarded */
  lockFor(self: unknown): PreparedCalls {
    const service = serviceAt(this.slot, self);
    if (service === undefined) throw this.notWired(self);
    return this.prepared.get(service) ?? this.prepare(service);
  }

  /** The key of a call. @throws LockConfigError if the key function throws or gives something that is no key */
  keyOf(args: readonly unknown[]): LockKey | undefined {
    const { key } = this.options;
    if (key === undefined) return undefined;
    let made: unknown;
    try {
      made = Reflect.apply(key, undefined, args);
    } catch (cause) {
      throw Object.assign(this.keyFault(`threw ${String(cause)}`), { cause });
    }
    if (isKey(made)) return made;
    throw this.keyFault(
      `returned ${nameOfType(made)}; give a string, a number, a bigint or an array of those`,
    );
  }

  private prepareBy(service: PreparingService, faults: string[]): PreparedCalls | undefined {
    const { service: name, ofCore } = this.kind;
    if (typeof service.prepare !== 'function') {
      faults.push(
        `${name}: what was provided in its place has no prepare(); extend ${name} of @holdfast/core`,
      );
      return undefined;
    }
    const given = Object.fromEntries(
      Object.entries(this.options).filter(
        ([option, value]) => ofCore.includes(option) && value !== undefined,
      ),
    );
    if (this.skips) given['wait'] ??= 0;
    try {
      return service.prepare(this.options.name, given);
    } catch (error) {
      if (!LockConfigError.is(error)) throw error;
      faults.push(...error.faults);
      return undefined;
    }
  }

  private ownFaults(): string[] {
    const { key, whenBusy } = this.options;
    const { returns } = this;
    const faults = unknownOptions(this.options, new Set([...OF_NEST, ...this.kind.ofCore]));
    if (key !== undefined && typeof key !== 'function') {
      faults.push(`key: ${typeof key} must be a function of the arguments`);
    }
    if (!WHEN_BUSY.includes(whenBusy)) faults.push(`whenBusy: ${shown(whenBusy)} must be 'throw' or 'skip'`);
    return [...faults, ...returnsFaults(returns)];
  }

  private keyFault(what: string): LockConfigError {
    return new LockConfigError(`${this.decorator} on ${this.label}`, [`key: the function ${what}`]);
  }

  private notWired(self: unknown): LockNotWiredError {
    const { service, wire } = this.kind;
    const missing = { service, instance: this.instance, wire };
    return new LockNotWiredError(notWired(this, missing, self), this.options.name);
  }
}

/** All methods that carry one of these. */
export const lockedMethods = new DecoratedMethods<LockedMethod>(Symbol.for('@holdfast/nest locked methods'));

function isKey(value: unknown): value is LockKey {
  return isKeyPart(value) || (Array.isArray(value) && value.every(isKeyPart));
}

function isKeyPart(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

function nameOfType(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  return Array.isArray(value)
    ? 'an array that holds something else'
    : `an object (${value.constructor?.name ?? 'Object'})`;
}
