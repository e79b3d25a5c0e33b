/**
 * Turns a name and a key into one identity, injectively (the number 7 and the text '7' are the same key): the separator is escaped in every part, and so are the
 * braces that Redis reads as a hash tag and the escape sign itself.
 */
import { show } from '../time/duration.js';

/** The variable part of a lock: which order, which customer. Parts are encoded, so `['a:b', 'c']` never meets `['a', 'b:c']`. */
export type LockKey = string | number | bigint | readonly (string | number | bigint)[];

const MAX_BYTES = 512;
const SEPARATOR = '#';
/** A text of so few UTF-16 units can't have more bytes than that. */
const SURELY_FITS = Math.floor(MAX_BYTES / 3);
const SPECIAL = /[%{}#]/;
const EVERY_SPECIAL = /[%{}#]/g;

/** The sentence that says what is wrong with `value` as a name, or `undefined`. */
export function nameFault(value: unknown, option: string): string | undefined {
  if (typeof value !== 'string') return `${option}: ${show(value)} must be a string`;
  if (value === '') return `${option}: "" must not be empty`;
  if (isTooLong(value)) {
    return `${option}: ${show(value)} has ${Buffer.byteLength(value)} bytes, at most ${MAX_BYTES} are allowed`;
  }
  return value.isWellFormed()
    ? undefined
    : `${option}: ${show(value)} is not valid UTF-16 (a lone surrogate)`;
}

/** The sentence that says what is wrong with `value` as a key, or `undefined`. */
export function keyFault(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return partFault(value);
  if (value.length === 0) return 'key: an empty array must have at least one part';
  for (const part of value) {
    const fault = partFault(part);
    if (fault !== undefined) return fault;
  }
  return isTooLong(value.join('')) ? `key: its parts have more than ${MAX_BYTES} bytes together` : undefined;
}

function partFault(part: unknown): string | undefined {
  if (typeof part === 'bigint')
    return String(part).length > MAX_BYTES ? `key: a bigint of more than ${MAX_BYTES} digits` : undefined;
  if (typeof part === 'number') {
    return Number.isFinite(part) ? undefined : `key: ${part} must be a finite number`;
  }
  if (typeof part === 'string') return nameFault(part, 'key');
  return `key: ${show(part)} must be a string, a number, a bigint or an array of them; pick the field that identifies it`;
}

function isTooLong(text: string): boolean {
  return text.length > SURELY_FITS && Buffer.byteLength(text) > MAX_BYTES;
}

/** The identity of a checked name and key. */
export function identityOf(lockName: string, key: LockKey | undefined): string {
  return identityBelow(escapePart(lockName), key);
}

/** The same for a name that is escaped already, which a lock that is used many times does once. */
export function identityBelow(escapedName: string, key: LockKey | undefined): string {
  if (key === undefined) return escapedName;
  if (typeof key !== 'object') return escapedName + SEPARATOR + escapePart(String(key));
  let identity = escapedName;
  for (const part of key) identity += SEPARATOR + escapePart(String(part));
  return identity;
}

/** What something that is no lock begins its identities with, by what it is. No lock is called so: `#` is escaped in names. */
export function identityOfKind(kind: string, name: string): string {
  return identityBelow('', [kind, name]);
}

/** Also used for namespaces, which stand in front of the hash tag. */
export function escapePart(part: string): string {
  if (!SPECIAL.test(part)) return part;
  return part.replace(EVERY_SPECIAL, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
