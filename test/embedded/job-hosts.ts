/**
 * Plays moves on the embedded host, and then the very same calls on Redis. The clock of the embedded host is the test's, so
 * each call has its known instant; the scripts on Redis are told that instant instead of TIME, and all answers have to be
 * equal to the digit. Only two things stay the server's own: remaining times, and ids of streams.
 */
import { allScripts } from '@holdfast/core';
import { embedded, SettableClock } from '../../libs/embedded/src/index.js';
import type { JobMove, Meddling, Move } from './job-moves.js';
import { storedKeys, told, type Evaluation, type Outcome, type Step, type Told } from './two-hosts.js';

/** What came of the moves, and what to do on Redis for the same. */
export interface Played extends Outcome {
  readonly onRedis: readonly Step[];
}

interface Grant {
  readonly run: string;
  readonly fence: string;
  readonly token: string;
}

/** Where nothing was granted yet. */
const NO_GRANT: Grant = { run: '1', fence: '1', token: 'T1' };

/** In front of a script, on its first line: TIME is the last argument, in microseconds. */
const AT_INSTANT =
  "local server, at = redis, tonumber(ARGV[#ARGV]) local told = { string.format('%.0f', math.floor(at / 1000000)), " +
  "string.format('%.0f', at % 1000000) } local redis = setmetatable({ call = function(...) " +
  "if (...) == 'TIME' then return told end return server.call(...) end }, { __index = server }) ";
/** Entries have an id of their own on each host, so pages are turned by their number: 'entry 2'. */
const BEFORE_ENTRY =
  "if ARGV[1]:find('^entry ') then local entry = redis.call('XRANGE', KEYS[1], '-', '+')[tonumber(ARGV[1]:sub(7))] " +
  "ARGV[1] = '(' .. (entry and entry[1] or '0-1') end ";

export async function playOnEmbedded(moves: readonly Move[]): Promise<Played> {
  const clock = new SettableClock();
  const host = embedded({ clock });
  const [replies, onRedis, grants]: [Told[], Step[], Map<string, Grant[]>] = [[], [], new Map()];
  for (const move of moves) {
    if ('elapseMs' in move) {
      clock.jump(move.elapseMs);
      replies.push('elapsed');
      onRedis.push(move);
      continue;
    }
    // So that the server's clock, which never tells the same instant twice, tells just this one.
    clock.jump(1);
    const granted = grants.get(move.job) ?? [];
    const call = callOf(move, { granted, nowMs: clock.wallNow() });
    const reply = told(await host.controls.evaluate(call).catch((error: unknown) => error));
    replies.push(reply);
    onRedis.push('command' in move ? call : atInstant(call, clock.wallNow() * 1_000));
    if (Array.isArray(reply) && reply[0] === 'run')
      grants.set(move.job, [
        ...granted,
        { run: String(reply[2]), fence: String(reply[3]), token: tokenOf(call) },
      ]);
  }
  return { replies, onRedis, keyspace: storedKeys(host) };
}

/** Whoever may be granted a run says its token, a time and its name last. */
const tokenOf = ({ args = [] }: Evaluation): string => String(args.at(-3));

const atInstant = ({ source, keys, args = [] }: Evaluation, us: number): Evaluation => ({
  source: AT_INSTANT + source,
  keys: keys ?? [],
  args: [...args, us],
});

type Situation = { readonly granted: readonly Grant[]; readonly nowMs: number };

function callOf(move: JobMove | Meddling, { granted, nowMs }: Situation): Evaluation {
  if ('command' in move) {
    const [name = '', ...words] = move.command;
    return { source: 'return redis.call(unpack(ARGV))', args: [name, keyOf(move.job, move.key), ...words] };
  }
  const { script, job, grant } = move;
  const { source, keys } = partsOf(script);
  const args = move.args.map((arg) =>
    typeof arg === 'object' ? (Math.floor(nowMs / 1_000) + arg.second) * 1_000 : arg,
  );
  const named = (move.keys ?? keys).map((key) => keyOf(job, key));
  if (grant === undefined) return { source, keys: named, args };
  const grantAt = (back: number): Grant => granted.at(-1 - back) ?? NO_GRANT;
  if (script !== 'job/renew') {
    const { run, fence } = grantAt(grant);
    return { source, keys: named, args: [run, fence, ...args] };
  }
  const members = [grantAt(grant), grantAt(grant + 1)];
  return {
    source,
    keys: members.flatMap(() => named),
    args: members.flatMap(({ run, token }) => [run, token, ...args]),
  };
}

const keyOf = (job: string, key: string): string => `{${job}}:${key}`;

function partsOf(name: string): { source: string; keys: readonly string[] } {
  const script = allScripts.find((one) => one.name === name);
  if (script === undefined) throw new Error(`there is no script ${name}`);
  const keys = 'eachKeys' in script ? script.eachKeys : script.keys;
  return { source: name === 'job/history' ? BEFORE_ENTRY + script.source : script.source, keys };
}
