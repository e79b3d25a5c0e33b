/** ZADD, ZREM, ZREMRANGEBYSCORE, ZCARD, ZCOUNT, ZSCORE, ZMSCORE and ZRANK; ZRANGE is beside this file. */
import type { Bytes } from '../bytes.js';
import type { Reply } from '../reply.js';
import { SortedSet } from '../keyspace/sorted-set.js';
import type { Arguments } from './arguments.js';
import { CommandFault, SYNTAX_ERROR } from '../command-fault.js';
import type { CommandFamily } from './command.js';
import { formatNumber, parseScore } from './numbers.js';
import type { Keyspace } from '../keyspace/keyspace.js';
import { range, scoresBetween, setAt } from './sorted-set-ranges.js';

const ZADD_OPTIONS = ['NX', 'XX', 'CH'] as const;
const ZADD_LACKS: ReadonlySet<string> = new Set(['GT', 'LT', 'INCR']);

export const sortedSets: CommandFamily = {
  ZADD: { arity: -4, run: (args, { keyspace }) => add(args, keyspace) },
  ZREM: {
    arity: -3,
    run: (args, { keyspace }) => {
      const key = args.text();
      return remove(keyspace, key, () => args.rest());
    },
  },
  ZREMRANGEBYSCORE: {
    arity: 4,
    run: (args, { keyspace }) => {
      const key = args.text();
      const within = scoresBetween(args.text(), args.text());
      return remove(keyspace, key, (members) => members.withScore(within).map(({ member }) => member));
    },
  },
  ZCARD: { arity: 2, run: (args, { keyspace }) => setAt(keyspace, args.text())?.size ?? 0 },
  ZSCORE: {
    arity: 3,
    run: (args, { keyspace }) => {
      const score = setAt(keyspace, args.text())?.scoreOf(args.text());
      return score === undefined ? null : formatNumber(score);
    },
  },
  ZMSCORE: {
    arity: -3,
    run: (args, { keyspace }) => {
      const members = setAt(keyspace, args.text());
      const scores = args.rest().map((member) => members?.scoreOf(member));
      return scores.map((score) => (score === undefined ? null : formatNumber(score)));
    },
  },
  ZCOUNT: {
    arity: 4,
    run: (args, { keyspace }) => {
      const key = args.text();
      const within = scoresBetween(args.text(), args.text());
      return setAt(keyspace, key)?.withScore(within).length ?? 0;
    },
  },
  ZRANK: { arity: 3, run: (args, { keyspace }) => setAt(keyspace, args.text())?.rankOf(args.text()) ?? null },
  ZRANGE: { arity: -4, run: (args, { keyspace }) => range(args, keyspace) },
};

function remove(keyspace: Keyspace, key: Bytes, which: (members: SortedSet) => readonly Bytes[]): Reply {
  const members = setAt(keyspace, key);
  if (members === undefined) return 0;
  const removed = which(members).filter((member) => members.delete(member)).length;
  if (members.size === 0) keyspace.delete(key);
  return removed;
}

function add(args: Arguments, keyspace: Keyspace): Reply {
  const key = args.text();
  const options = zaddOptions(args);
  const words = args.rest();
  if (words.length === 0 || words.length % 2 === 1) throw new CommandFault(SYNTAX_ERROR);
  if (options.has('NX') && options.has('XX')) {
    throw new CommandFault('ERR XX and NX options at the same time are not compatible');
  }
  const pairs = scoredMembers(words);
  const there = setAt(keyspace, key);
  if (there === undefined && options.has('XX')) return 0;
  const members = there ?? new SortedSet();
  if (there === undefined) keyspace.write(key, { type: 'zset', members });
  let [added, changed] = [0, 0];
  for (const { member, score } of pairs) {
    const old = members.scoreOf(member);
    if (options.has(old === undefined ? 'XX' : 'NX')) continue;
    if (old === undefined) added += 1;
    else if (old !== score) changed += 1;
    members.add(member, score);
  }
  return options.has('CH') ? added + changed : added;
}

function zaddOptions(args: Arguments): ReadonlySet<string> {
  const given = new Set<string>();
  for (;;) {
    const option = args.peek();
    if (option === undefined) return given;
    if (ZADD_LACKS.has(option))
      throw new CommandFault(`ERR the embedded host has no option ${option} of ZADD`);
    if (!ZADD_OPTIONS.some((known) => known === option)) return given;
    given.add(option);
    args.text();
  }
}

function scoredMembers(words: readonly Bytes[]): { member: Bytes; score: number }[] {
  const pairs: { member: Bytes; score: number }[] = [];
  words.forEach((member, at) => {
    if (at % 2 === 0) return;
    const score = parseScore(words[at - 1] ?? '');
    if (score === undefined) throw new CommandFault('ERR value is not a valid float');
    // Small sets of Redis keep whole scores as integers, which have no -0.
    pairs.push({ member, score: score === 0 ? 0 : score });
  });
  return pairs;
}
