/** XADD, XLEN, XRANGE and XREVRANGE. */
import type { Bytes } from '../bytes.js';
import { CommandFault, SYNTAX_ERROR } from '../command-fault.js';
import type { Keyspace } from '../keyspace/keyspace.js';
import { formatId, GREATEST_ID, idOf, msOf, Stream, type StreamId } from '../keyspace/stream.js';
import type { Reply } from '../reply.js';
import type { Arguments } from './arguments.js';
import type { CommandFamily, Surroundings } from './command.js';
import { firstId, givenId, lastId, type GivenId } from './stream-ids.js';

/** Options of XADD, and how many words stand behind each at least. */
const LACKS: ReadonlyMap<string, number> = new Map([
  ['MINID', 1],
  ['LIMIT', 1],
  ['NOMKSTREAM', 0],
]);
const ZERO = 'ERR The ID specified in XADD must be greater than 0-0';
const TOO_SMALL = 'ERR The ID specified in XADD is equal or smaller than the target stream top item';
const EXHAUSTED = 'ERR The stream has exhausted the last possible ID, unable to add more items';
const TRIMMED_TWICE = 'ERR syntax error, MAXLEN and MINID options at the same time are not compatible';

export const streams: CommandFamily = {
  XADD: { arity: -5, run: add },
  XLEN: { arity: 2, run: (args, { keyspace }) => streamAt(keyspace, args.text())?.size ?? 0 },
  XRANGE: {
    arity: -4,
    run: (args, { keyspace }) => {
      const key = args.text();
      const range = { key, first: firstId(args.text()), last: lastId(args.text()) };
      return told(range, args, { keyspace, backwards: false });
    },
  },
  XREVRANGE: {
    arity: -4,
    run: (args, { keyspace }) => {
      const [key, last, first] = [args.text(), args.text(), args.text()];
      // In this order, for it decides which of two bad ones is told.
      const range = { key, first: firstId(first), last: lastId(last) };
      return told(range, args, { keyspace, backwards: true });
    },
  },
};

const streamAt = (keyspace: Keyspace, key: Bytes): Stream | undefined =>
  keyspace.read(key, 'stream')?.entries;

interface Range {
  readonly key: Bytes;
  readonly first: StreamId;
  readonly last: StreamId;
}

function told(
  { key, first, last }: Range,
  args: Arguments,
  { keyspace, backwards }: { keyspace: Keyspace; backwards: boolean },
): Reply {
  const most = countOf(args);
  const stream = streamAt(keyspace, key);
  if (stream === undefined) return [];
  // No list at all, unlike for a key that is not there.
  if (most === 0) return null;
  const found = stream.between(first, last);
  const inOrder = backwards ? found.toReversed() : found;
  return inOrder.slice(0, most).map(({ id, words }) => [formatId(id), words]);
}

/** Nothing for all. */
function countOf(args: Arguments): number | undefined {
  let most: number | undefined;
  while (args.left > 0) {
    if (args.text().toUpperCase() !== 'COUNT' || args.left === 0) throw new CommandFault(SYNTAX_ERROR);
    most = Math.max(args.integer(), 0);
  }
  return most;
}

interface Addition {
  /** Nothing for `*`. */
  readonly given: GivenId | undefined;
  readonly most: number | undefined;
}

function add(args: Arguments, { keyspace, timeUs }: Surroundings): Reply {
  const key = args.text();
  const { given, most } = additionOf(args);
  const words = args.rest();
  if (words.length < 2 || words.length % 2 === 1) throw wrongNumber();
  if (given?.ms === 0n && given.count === 0n) throw new CommandFault(ZERO);
  const stream = streamAt(keyspace, key) ?? newStream(keyspace, key);
  if (stream.lastId === GREATEST_ID) throw new CommandFault(EXHAUSTED);
  const id = given === undefined ? stream.nextId(Math.floor(timeUs / 1_000)) : idIn(stream, given);
  if (!stream.add({ id, words })) throw new CommandFault(TOO_SMALL);
  // Unlike other types a stream that has nothing in it stays, for it knows its last id.
  if (most !== undefined) stream.trimTo(most);
  return formatId(id);
}

function newStream(keyspace: Keyspace, key: Bytes): Stream {
  const entries = new Stream();
  keyspace.write(key, { type: 'stream', entries });
  return entries;
}

function idIn(stream: Stream, { ms, count }: GivenId): StreamId {
  if (count !== undefined) return idOf(ms, count);
  if (msOf(stream.lastId) !== ms) return idOf(ms, 0n);
  const next = stream.lastId + 1n;
  if (msOf(next) !== ms) throw new CommandFault(TOO_SMALL);
  return next;
}

/** Reads up to the id, which is the first word that is no option. */
function additionOf(args: Arguments): Addition {
  let most: number | undefined;
  while (args.left > 0) {
    const word = args.text();
    const option = word.toUpperCase();
    if (word === '*') return { given: undefined, most };
    if (args.left >= (LACKS.get(option) ?? Infinity)) throw lacks(option);
    if (option !== 'MAXLEN' || args.left === 0) return { given: givenId(word), most };
    if (most !== undefined) throw new CommandFault(TRIMMED_TWICE);
    most = mostOf(args);
  }
  throw wrongNumber();
}

function mostOf(args: Arguments): number {
  if (args.left >= 2) {
    if (args.peek() === '~') throw lacks('MAXLEN ~');
    if (args.peek() === '=') args.text();
  }
  const most = args.integer();
  if (most < 0) throw new CommandFault('ERR The MAXLEN argument must be >= 0.');
  return most;
}

const lacks = (option: string): CommandFault =>
  new CommandFault(`ERR the embedded host has no option ${option} of XADD`);
const wrongNumber = (): CommandFault => new CommandFault("ERR wrong number of arguments for 'xadd' command");
