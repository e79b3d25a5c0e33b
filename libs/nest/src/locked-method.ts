/** One decorated method: what its options ask for, checked and prepared once, and looked up again on every call. */
import {
  LockConfigError,
  type LockKey,
  type LockService,
  LockNotWiredError,
  type PreparedLock,
} from '@holdfast/core';
import { DecoratedMethods } from './decorated-methods.js';
import type { DecoratedMethod } from './guard.js';
import { notWired } from './not-wired.js';
import { returnsFaults, shown, unknownOptions } from './option-faults.js';
import { ScheduleStops } from './schedule-stop.js';
import { lockSlot, serviceAt, type Slot } from './wiring.js';
import type { MethodReturns, WithLockOptions } from './with-lock-options.js';

/** Options as they arrive: of whatever key function, and possibly from JavaScript. */
export type AnyWithLockOptions = WithLockOptions<never[]>;

const OF_CORE = [
  'ttl',
  'lockDelay',
  'holdAtLeast',
  'holdAtMost',
  'reentrant',
  'whenLost',
  'durability',
  'wait',
] as const;
const KNOWN: ReadonlySet<string> = new Set(['name', 'key', 'whenBusy', 'instance', 'returns', ...OF_CORE]);

const WHEN_BUSY: readonly unknown[] = [undefined, 'throw', 'skip'];

/** A method that carries `@WithLock`. */
export class LockedMethod implements DecoratedMethod {
  readonly decorator = '@WithLock';
  readonly label: string;
  readonly instance: string | undefined;
  /** Whether a busy lock leaves the method out instead of failing the call. */
  readonly skips: boolean;
  /** Filled at boot, for a method that a schedule calls. */
  readonly stops = new ScheduleStops();
  private readonly slot: Slot<LockService>;
  private readonly prepared = new WeakMap<LockService, PreparedLock>();

  constructor(
    readonly prototype: object,
    readonly property: string | symbol,
    readonly options: AnyWithLockOptions,
  ) {
    this.label = `${prototype.constructor.name}.${String(property)}`;
    this.instance = options.instance;
    this.slot = lockSlot(options.instance);
    this.skips = options.whenBusy === 'skip';
  }

  get returns(): MethodReturns | undefined {
    return this.options.returns;
  }

  /** Checks everything and keeps the result. @throws LockConfigError that lists every fault of this method */
  prepare(locks: LockService): PreparedLock {
    const known = this.prepared.get(locks);
    if (known !== undefined) return known;
    const faults = this.ownFaults();
    const prepared = this.prepareBy(locks, faults);
    if (prepared === undefined || faults.length > 0)
      throw new LockConfigError(`@WithLock on ${this.label}`, faults);
    this.prepared.set(locks, prepared);
    return prepared;
  }

  /** The lock for a call on `self`. @throws LockNotWiredError if no service reached it, so that it never runs unguarded */
  lockFor(self: unknown): PreparedLock {
    const locks = serviceAt(this.slot, self);
    if (locks === undefined) throw this.notWired(self);
    return this.prepared.get(locks) ?? this.prepare(locks);
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

  private prepareBy(locks: LockService, faults: string[]): PreparedLock | undefined {
    if (typeof locks.prepare !== 'function') {
      faults.push(
        'LockService: what was provided in its place has no prepare(); extend LockService of @holdfast/core',
      );
      return undefined;
    }
    const wanted = Object.fromEntries(OF_CORE.map((option) => [option, this.options[option]] as const));
    if (this.skips) wanted['wait'] ??= 0;
    const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
    try {
      return locks.prepare(this.options.name, given);
    } catch (error) {
      if (!LockConfigError.is(error)) throw error;
      faults.push(...error.faults);
      return undefined;
    }
  }

  private ownFaults(): string[] {
    const { key, whenBusy, returns } = this.options;
    const faults = unknownOptions(this.options, KNOWN);
    if (key !== undefined && typeof key !== 'function') {
      faults.push(`key: ${typeof key} must be a function of the arguments`);
    }
    if (!WHEN_BUSY.includes(whenBusy)) faults.push(`whenBusy: ${shown(whenBusy)} must be 'throw' or 'skip'`);
    return [...faults, ...returnsFaults(returns)];
  }

  private keyFault(what: string): LockConfigError {
    return new LockConfigError(`@WithLock on ${this.label}`, [`key: the function ${what}`]);
  }

  private notWired(self: unknown): LockNotWiredError {
    const missing = { service: 'LockService', instance: this.instance, wire: 'wireLocks(object, locks' };
    return new LockNotWiredError(notWired(this, missing, self), this.options.name);
  }
}

/** All methods that carry `@WithLock`. */
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
