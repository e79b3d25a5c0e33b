/** Reads the ids of streams, as kindly as Redis does: beside plain numbers it takes what C's `strtoull` takes. */
import { joined, type Bytes } from '../bytes.js';
import { CommandFault } from '../command-fault.js';
import { GREATEST_HALF, GREATEST_ID, idOf, type StreamId } from '../keyspace/stream.js';
import { exactInteger } from './numbers.js';

const MOST_BYTES = 127;
const UNSIGNED = /^[ \t-\r]*([+-]?)(\d+)$/;
const INVALID = 'ERR Invalid stream ID specified as stream command argument';

/** An id that XADD was given. */
export interface GivenId {
  readonly ms: bigint;
  /** Nothing for `<ms>-*`: the next one of that millisecond. */
  readonly count: bigint | undefined;
}

/** The id of an entry to add, which may leave its count open. @throws CommandFault */
export function givenId(text: Bytes): GivenId {
  const [ms, count] = halves(text);
  if (count === '*') return { ms: half(ms), count: undefined };
  return { ms: half(ms), count: count === undefined ? 0n : half(count) };
}

/** The first id of a range; behind a `(` the one after it. @throws CommandFault */
export function firstId(text: Bytes): StreamId {
  const { at, without } = bound(text, 0n);
  if (without && at === GREATEST_ID) throw new CommandFault('ERR invalid start ID for the interval');
  return without ? at + 1n : at;
}

/** The last id of a range; behind a `(` the one before it. @throws CommandFault */
export function lastId(text: Bytes): StreamId {
  const { at, without } = bound(text, GREATEST_HALF);
  if (without && at === 0n) throw new CommandFault('ERR invalid end ID for the interval');
  return without ? at - 1n : at;
}

/** @param missing the count of an id that has none */
function bound(text: Bytes, missing: bigint): { at: StreamId; without: boolean } {
  if (text === '-') return { at: 0n, without: false };
  if (text === '+') return { at: GREATEST_ID, without: false };
  const without = text.length > 1 && text.startsWith('(');
  const [ms, count] = halves(without ? joined(text.slice(1)) : text);
  return { at: idOf(half(ms), count === undefined ? missing : half(count)), without };
}

/** What stands in front of the first dash, and behind it. C knows no text beyond a NUL. */
function halves(text: Bytes): readonly [ms: string, count: string | undefined] {
  if (text.length > MOST_BYTES) throw new CommandFault(INVALID);
  const [known = ''] = text.split('\0', 1);
  const dash = known.indexOf('-');
  return dash < 0 ? [known, undefined] : [known.slice(0, dash), known.slice(dash + 1)];
}

function half(text: string): bigint {
  const [, sign, digits] = UNSIGNED.exec(text) ?? [];
  // A number that Redis reads as one of its own is refused below 0; in any other form C makes it wrap around.
  if (digits === undefined || (exactInteger(text) ?? 0n) < 0n) throw new CommandFault(INVALID);
  const value = BigInt(digits);
  if (value > GREATEST_HALF) throw new CommandFault(INVALID);
  return sign === '-' ? BigInt.asUintN(64, -value) : value;
}
