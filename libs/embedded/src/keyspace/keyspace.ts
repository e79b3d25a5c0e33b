/**
 * Keys with their values and expiries. An expired key is gone the moment somebody looks; keys at which nobody looks
 * any more are found by a few steps of sweeping with each call, because a timer would keep a process alive or be late.
 */
import type { Bytes } from '../bytes.js';
import { CommandFault } from '../command-fault.js';
import type { Value, ValueType } from './value.js';

interface Entry {
  readonly value: Value;
  expiresAt: number | undefined;
}

/** The last millisecond that Redis can write down. */
const LAST_INSTANT = 2 ** 63;
const SWEEP_STEPS = 4;
const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value';

export class Keyspace {
  readonly #entries = new Map<Bytes, Entry>();
  #sweep = this.#entries.entries();
  #now = 0;

  /** Sets the time for everything up to the next call: inside one script no key expires halfway. */
  moveTo(nowMs: number): void {
    this.#now = Math.floor(nowMs);
    for (let step = 0; step < SWEEP_STEPS; step += 1) {
      const next = this.#sweep.next();
      if (next.done === true) {
        this.#sweep = this.#entries.entries();
        return;
      }
      this.#alive(next.value[0]);
    }
  }

  /** The value of a key, whatever its type. */
  peek(key: Bytes): Value | undefined {
    return this.#alive(key)?.value;
  }

  /** The value of a key of this type. @throws CommandFault if it holds another */
  read<T extends ValueType>(key: Bytes, type: T): Extract<Value, { type: T }> | undefined {
    const value = this.peek(key);
    if (value === undefined) return undefined;
    if (isOfType(value, type)) return value;
    throw new CommandFault(WRONG_TYPE);
  }

  /** Puts a value there that never expires. */
  write(key: Bytes, value: Value): void {
    this.#entries.set(key, { value, expiresAt: undefined });
  }

  /** Removes a key; `false` if there was none. */
  delete(key: Bytes): boolean {
    return this.#alive(key) !== undefined && this.#entries.delete(key);
  }

  /** Whether Redis could write the instant down. */
  canExpireIn(ttlMs: number): boolean {
    return Math.abs(this.#now + ttlMs) < LAST_INSTANT;
  }

  expireIn(key: Bytes, ttlMs: number): void {
    this.expireAt(key, this.#now + ttlMs);
  }

  expireAt(key: Bytes, instantMs: number): void {
    const entry = this.#alive(key);
    if (entry !== undefined) entry.expiresAt = instantMs;
  }

  /** When a key expires, in ms of the clock that {@link moveTo} is told. */
  expiryOf(key: Bytes): number | undefined {
    return this.#alive(key)?.expiresAt;
  }

  /** The rest of its time in ms; -1 if it never expires, -2 if it does not exist. */
  ttlOf(key: Bytes): number {
    const entry = this.#alive(key);
    if (entry === undefined) return -2;
    return entry.expiresAt === undefined ? -1 : entry.expiresAt - this.#now;
  }

  /** The keys that exist. */
  keys(): readonly Bytes[] {
    return [...this.#entries.keys()].filter((key) => this.#alive(key) !== undefined);
  }

  /** How many entries take up memory, those included that expired unseen. */
  get entriesHeld(): number {
    return this.#entries.size;
  }

  clear(): void {
    this.#entries.clear();
  }

  /** As in Redis, a key still exists in the very millisecond at which its time is over. */
  #alive(key: Bytes): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.expiresAt === undefined || entry.expiresAt >= this.#now) return entry;
    this.#entries.delete(key);
    return undefined;
  }
}

function isOfType<T extends ValueType>(value: Value, type: T): value is Extract<Value, { type: T }> {
  return value.type === type;
}
