/** A real Redis and the embedded host, asked the same things in the same words. */
import type { Redis } from 'ioredis';
import { embedded, SettableClock, type EmbeddedProvider } from '../../libs/embedded/src/index.js';

/** A script to run on both. */
export interface Evaluation {
  readonly source: string;
  readonly keys?: readonly string[];
  readonly args?: readonly (string | number)[];
}

/** A reply in a form that two hosts can be compared in: an error is `!` and its text. */
export type Told = number | string | null | readonly Told[];

/** What a sequence led to: every reply, and the keyspace at the end. */
export interface Outcome {
  readonly replies: readonly Told[];
  readonly keyspace: readonly StoredKey[];
}

/** One key, read in the same way on both. `ttlMs` is -1 for a key that never expires. */
export interface StoredKey {
  readonly key: string;
  readonly type: string;
  /** The text; fields and values; members and scores; ids, each with its fields and values. */
  readonly value: string | readonly string[];
  readonly ttlMs: number;
}

/** A step: a script, or time that passes for the whole keyspace. */
export type Step = Evaluation | { readonly elapseMs: number };

/** Where in a script an error happened is told by Redis more often than by us; the sentence before it counts. */
const PLACE = / script: .*$/s;

export function told(value: unknown): Told {
  if (value instanceof Error) return `!${value.message.replace(PLACE, '')}`;
  if (Array.isArray(value)) return value.map(told);
  if (typeof value === 'number' || typeof value === 'string' || value === null) return value;
  throw new Error(`no reply: ${typeof value}`);
}

/**
 * Time passes on a real server by moving what is written in its keys back: expiries, and the instants that the lease
 * scripts keep in `…:queue`: heartbeats in ms, arrivals in µs; grant times are below both. In `heard`, `…:permits` and
 * `…:readers` all are ms. Relative to the server's clock
 * that is the same.
 */
const ELAPSE = `
local ms = tonumber(ARGV[1])
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left, kind = redis.call('PTTL', key), redis.call('TYPE', key).ok
  if kind == 'zset' and (key:find(':queue$') or key:find(':permits$') or key:find(':readers$') or key == 'heard') then
    local entries = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
    for at = 1, #entries, 2 do
      local score = tonumber(entries[at + 1])
      local back = score > 1e14 and ms * 1000 or score > 1e11 and ms or 0
      redis.call('ZADD', key, score - back, entries[at])
    end
  end
  if left >= 0 then redis.call('PEXPIRE', key, left - ms) end
end
return 'elapsed'`;

const READ_ALL = `
local keys, all = redis.call('KEYS', '*'), {}
table.sort(keys)
for at, key in ipairs(keys) do
  local kind = redis.call('TYPE', key).ok
  local value = kind == 'string' and redis.call('GET', key) or kind == 'hash' and redis.call('HGETALL', key)
    or kind == 'zset' and redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') or redis.call('XRANGE', key, '-', '+')
  all[at] = { key, kind, value, redis.call('PTTL', key) }
end
return { redis.call('TIME'), all }`;

/** What Redis made of it, with its clock at the end, and how long the sequence took by that clock. */
export interface RealOutcome extends Outcome {
  readonly endMs: number;
  readonly tookMs: number;
}

/** Sends the whole sequence in one write, so that hardly any time passes between its steps. */
export async function onRedis(redis: Redis, steps: readonly Step[]): Promise<RealOutcome> {
  const batch = redis.pipeline().flushall().time();
  for (const step of steps) {
    if ('elapseMs' in step) batch.eval(ELAPSE, 0, step.elapseMs);
    else batch.eval(step.source, step.keys?.length ?? 0, ...(step.keys ?? []), ...(step.args ?? []));
  }
  const results = (await batch.eval(READ_ALL, 0).exec()) ?? [];
  const values = results.map(([error, value]) => told(error ?? value));
  const [clock, keys] = asList(values.at(-1));
  const endMs = asMs(clock);
  const keyspace = asList(keys).map(asStoredKey);
  return { replies: values.slice(2, -1), keyspace, endMs, tookMs: endMs - asMs(values[1]) };
}

/** The same on a fresh embedded server, whose clock is moved instead. */
export async function onEmbedded(
  steps: readonly Step[],
  prepare?: (host: EmbeddedProvider) => Promise<void>,
) {
  const clock = new SettableClock();
  const host = embedded({ clock });
  await prepare?.(host);
  const replies: Told[] = [];
  for (const step of steps) {
    if ('elapseMs' in step) {
      clock.jump(step.elapseMs);
      replies.push('elapsed');
    } else replies.push(told(await host.controls.evaluate(step).catch((error: unknown) => error)));
  }
  await clock.settle();
  return { replies, keyspace: storedKeys(host), endMs: clock.wallNow() };
}

/** Everything that the embedded host keeps. */
export function storedKeys(host: EmbeddedProvider): StoredKey[] {
  return Object.entries(host.controls.dump()).map(([key, entry]) => {
    const { type, ttlMs } = entry;
    if (entry.type === 'string') return { key, type, value: entry.value, ttlMs };
    if (entry.type === 'hash')
      return { key, type, value: sortedPairs(Object.entries(entry.value).flat()), ttlMs };
    if (entry.type === 'stream') return { key, type, value: entry.value.flat(2), ttlMs };
    return { key, type, value: entry.value.flatMap(([member, score]) => [member, String(score)]), ttlMs };
  });
}

function asStoredKey(entry: Told): StoredKey {
  const [key, type, value, ttlMs] = asList(entry);
  if (type === 'string') return { key: String(key), type, value: String(value), ttlMs: Number(ttlMs) };
  if (type === 'stream') return { key: String(key), type, value: textsIn(value), ttlMs: Number(ttlMs) };
  const words = asList(value).map(String);
  const inOrder =
    type === 'hash'
      ? sortedPairs(words)
      : words.map((word, at) => (at % 2 === 1 ? String(Number(word.replace('inf', 'Infinity'))) : word));
  return { key: String(key), type: String(type), value: inOrder, ttlMs: Number(ttlMs) };
}

function textsIn(value: Told | undefined): string[] {
  return Array.isArray(value) ? value.flatMap(textsIn) : [String(value)];
}

function sortedPairs(words: readonly string[]): string[] {
  const pairs = words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? ''] as const] : []));
  return pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)).flat();
}

function asList(value: Told | undefined): readonly Told[] {
  if (Array.isArray(value)) return value;
  throw new Error(`no list: ${String(value)}`);
}

function asMs(time: Told | undefined): number {
  const [seconds, micros] = asList(time).map(Number);
  return (seconds ?? 0) * 1_000 + (micros ?? 0) / 1_000;
}
