/** Runs one script of the user's on a given keyspace, and tells everything that came of it: for tests that compare it whole. */
import type { ScriptValue, UserScript } from '@holdfast/core';

/** Sends one command, as `(...words) => redis.call(...words)` does, or the `command` of an embedded server's controls. */
export type AskRedis = (name: string, ...words: readonly ScriptValue[]) => unknown;

/** What a key holds, by its type. */
export type KeyContent =
  | { readonly string: ScriptValue }
  | { readonly hash: Readonly<Record<string, ScriptValue>> }
  | { readonly zset: Readonly<Record<string, number>> }
  | { readonly set: readonly ScriptValue[] }
  | { readonly list: readonly ScriptValue[] };

/** Keys of the script by their names. Those that are left out are not there. */
export type TrialKeyspace<Key extends string> = Readonly<Partial<Record<Key, KeyContent>>>;

/** What to try. */
export interface ScriptTrial<Key extends string> {
  readonly given?: TrialKeyspace<Key>;
  /** In the order of the script's `args`: a trial is of the Lua, not of its schemas. */
  readonly args?: readonly ScriptValue[];
}

/** What came of it. */
export interface TrialOutcome<Key extends string> {
  readonly reply: unknown;
  /** What the keys hold afterwards: members of sets in order, numbers of sorted sets as numbers, texts else. */
  readonly after: TrialKeyspace<Key>;
}

/**
 * Tries a script on keys of its own, which are deleted before and after it.
 * @param ask - Leads to a server for tests; on a cluster all keys of the trial are in one slot.
 * @example `expect(await tryScript(ask, sell, { given: { stock: { string: 1 } }, args: ['anna'] })).toEqual({ reply: [1, 0], after: { … } })`
 */
export async function tryScript<Key extends string>(
  ask: AskRedis,
  script: Pick<UserScript<Key, never, unknown>, 'source' | 'keys'>,
  { given, args = [] }: ScriptTrial<Key>,
): Promise<TrialOutcome<Key>> {
  const prefix = `holdfast-trial:{${crypto.randomUUID()}}:`;
  const keys = script.keys.map((key) => prefix + key);
  try {
    for (const key of script.keys) await seed(ask, prefix + key, given?.[key]);
    const reply = await ask('EVAL', script.source, keys.length, ...keys, ...args);
    const after: Partial<Record<Key, KeyContent>> = {};
    for (const key of script.keys) {
      const content = await contentOf(ask, prefix + key);
      if (content !== undefined) after[key] = content;
    }
    return { reply, after };
  } finally {
    await ask('DEL', ...keys);
  }
}

async function seed(ask: AskRedis, key: string, content: KeyContent | undefined): Promise<void> {
  if (content === undefined) return;
  if ('string' in content) await ask('SET', key, content.string);
  else if ('hash' in content) await ask('HSET', key, ...Object.entries(content.hash).flat());
  else if ('zset' in content)
    await ask('ZADD', key, ...Object.entries(content.zset).flatMap(([member, score]) => [score, member]));
  else if ('set' in content) await ask('SADD', key, ...content.set);
  else await ask('RPUSH', key, ...content.list);
}

async function contentOf(ask: AskRedis, key: string): Promise<KeyContent | undefined> {
  const type = String(await ask('TYPE', key));
  switch (type) {
    case 'none':
      return undefined;
    case 'string':
      return { string: String(await ask('GET', key)) };
    case 'hash':
      return { hash: Object.fromEntries(pairsOf(await ask('HGETALL', key))) };
    case 'zset': {
      const pairs = pairsOf(await ask('ZRANGE', key, 0, -1, 'WITHSCORES'));
      return { zset: Object.fromEntries(pairs.map(([member, score]) => [member, Number(score)])) };
    }
    case 'set':
      return { set: listOf(await ask('SMEMBERS', key)).toSorted() };
    case 'list':
      return { list: listOf(await ask('LRANGE', key, 0, -1)) };
    default:
      throw new Error(`a trial does not know keys of type ${type}`);
  }
}

function listOf(reply: unknown): string[] {
  if (!Array.isArray(reply)) throw new Error('a list was expected');
  return reply.flat().map(String);
}

/** In RESP3 maps and scores come in other shapes; all of them are pairs, one behind the other. */
function pairsOf(reply: unknown): (readonly [string, string])[] {
  const flat = Array.isArray(reply) ? listOf(reply) : Object.entries(Object(reply)).flat().map(String);
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as const] : []));
}
