/** Ranges of a sorted set: ZRANGE by index and by score, and the bounds of scores. */
import type { Bytes } from '../bytes.js';
import { CommandFault, SYNTAX_ERROR } from '../command-fault.js';
import type { Keyspace } from '../keyspace/keyspace.js';
import type { SortedSet } from '../keyspace/sorted-set.js';
import type { Reply } from '../reply.js';
import { Arguments } from './arguments.js';
import { formatNumber, parseBound } from './numbers.js';

const LACKS: ReadonlySet<string> = new Set(['BYLEX', 'REV']);
const LIMIT_ALONE = 'ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX';
const ALL = -1;

interface RangeOptions {
  readonly byScore: boolean;
  readonly withScores: boolean;
  readonly offset: number;
  /** Negative for all. */
  readonly limit: number;
}

export const setAt = (keyspace: Keyspace, key: Bytes): SortedSet | undefined =>
  keyspace.read(key, 'zset')?.members;

/** Tells of a score whether it lies between two bounds. @throws CommandFault */
export function scoresBetween(least: Bytes, most: Bytes): (score: number) => boolean {
  const [from, to] = [bound(least), bound(most)];
  return (score) =>
    (from.without ? score > from.at : score >= from.at) && (to.without ? score < to.at : score <= to.at);
}

function bound(text: Bytes): { at: number; without: boolean } {
  const without = text.startsWith('(');
  const at = parseBound(without ? text.slice(1) : text);
  if (at === undefined) throw new CommandFault('ERR min or max is not a float');
  return { at, without };
}

/** ZRANGE. */
export function range(args: Arguments, keyspace: Keyspace): Reply {
  const key = args.text();
  const [first, last] = [args.text(), args.text()];
  const options = rangeOptions(args);
  const found = options.byScore
    ? byScore({ key, first, last }, options, keyspace)
    : byIndex({ key, first, last }, keyspace);
  return found.flatMap(({ member, score }) =>
    options.withScores ? [member, formatNumber(score)] : [member],
  );
}

interface Bounds {
  readonly key: Bytes;
  readonly first: Bytes;
  readonly last: Bytes;
}

function byIndex({ key, first, last }: Bounds, keyspace: Keyspace) {
  const indices = new Arguments([first, last]);
  const [from, to] = [indices.integer(), indices.integer()];
  return setAt(keyspace, key)?.slice(from, to) ?? [];
}

function byScore({ key, first, last }: Bounds, { offset, limit }: RangeOptions, keyspace: Keyspace) {
  const within = scoresBetween(first, last);
  const found = setAt(keyspace, key)?.withScore(within) ?? [];
  if (offset < 0) return [];
  return found.slice(offset, limit < 0 ? undefined : offset + limit);
}

function rangeOptions(args: Arguments): RangeOptions {
  let [byScoreGiven, withScores, offset, limit] = [false, false, 0, ALL];
  while (args.left > 0) {
    const option = args.text().toUpperCase();
    if (LACKS.has(option)) throw new CommandFault(`ERR the embedded host has no option ${option} of ZRANGE`);
    if (option === 'LIMIT' && args.left >= 2) [offset, limit] = [args.integer(), args.integer()];
    else if (option === 'BYSCORE' && !byScoreGiven) byScoreGiven = true;
    else if (option === 'WITHSCORES') withScores = true;
    else throw new CommandFault(SYNTAX_ERROR);
  }
  if (limit !== ALL && !byScoreGiven) throw new CommandFault(LIMIT_ALONE);
  return { byScore: byScoreGiven, withScores, offset, limit };
}
