/** A whole Redis keyspace as one plain object, to seed one and to compare what a script left behind. */
import type { Redis } from 'ioredis';

export type KeyValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'list'; readonly value: readonly string[] }
  | { readonly type: 'set'; readonly value: readonly string[] }
  | { readonly type: 'hash'; readonly value: Readonly<Record<string, string>> }
  | { readonly type: 'zset'; readonly value: Readonly<Record<string, number>> }
  | {
      readonly type: 'stream';
      readonly value: readonly Readonly<Record<string, string>>[];
      /** Of the entries, in order; the server makes those that are left out. They are for seeding and never read. */
      readonly ids?: readonly string[];
    };

/** `ttlMs` is left out for a key without expiry. */
export type KeyEntry = KeyValue & { readonly ttlMs?: number };

/** Keys without the prefix they were read under. */
export type Keyspace = Readonly<Record<string, KeyEntry>>;

/** Everything below `prefix`, sorted by key. */
export async function readKeyspace(client: Redis, prefix: string): Promise<Keyspace> {
  const keys = (await keysBelow(client, prefix)).toSorted();
  const entries = await Promise.all(
    keys.map(async (key) => [key.slice(prefix.length), await readEntry(client, key)] as const),
  );
  return Object.fromEntries(
    entries.filter((entry): entry is readonly [string, KeyEntry] => entry[1] !== undefined),
  );
}

/** Writes every entry below `prefix`. */
export async function seedKeyspace(client: Redis, prefix: string, keyspace: Keyspace): Promise<void> {
  const seeding = client.multi();
  for (const [key, entry] of Object.entries(keyspace)) {
    const full = `${prefix}${key}`;
    if (entry.type === 'string') seeding.set(full, entry.value);
    else if (entry.type === 'hash') seeding.hset(full, entry.value);
    else if (entry.type === 'zset')
      seeding.zadd(
        full,
        ...Object.entries(entry.value).flatMap(([member, score]) => [String(score), member]),
      );
    else if (entry.type === 'set') seeding.sadd(full, ...entry.value);
    else if (entry.type === 'stream')
      for (const [at, fields] of entry.value.entries())
        seeding.xadd(full, entry.ids?.[at] ?? '*', ...Object.entries(fields).flat());
    else seeding.rpush(full, ...entry.value);
    if (entry.ttlMs !== undefined) seeding.pexpire(full, entry.ttlMs);
  }
  for (const [error] of (await seeding.exec()) ?? []) if (error !== null) throw error;
}

/** Names of all keys below `prefix`. */
export async function keysBelow(client: Redis, prefix: string): Promise<string[]> {
  const pattern = `${prefix.replace(/[\\*?[\]^-]/g, '\\$&')}*`;
  const keys = new Set<string>();
  let cursor = '0';
  do {
    const [next, found] = await client.scan(cursor, 'MATCH', pattern, 'COUNT', 1_000);
    for (const key of found) keys.add(key);
    cursor = next;
  } while (cursor !== '0');
  return [...keys];
}

/** `undefined` for a key that expired between the scan and this. */
async function readEntry(client: Redis, key: string): Promise<KeyEntry | undefined> {
  const [type, ttl] = await Promise.all([client.type(key), client.pttl(key)]);
  if (type === 'none') return undefined;
  return { ...(await readValue(client, key, type)), ...(ttl >= 0 ? { ttlMs: ttl } : {}) };
}

async function readValue(client: Redis, key: string, type: string): Promise<KeyValue> {
  if (type === 'string') return { type, value: (await client.get(key)) ?? '' };
  if (type === 'hash') return { type, value: await client.hgetall(key) };
  if (type === 'list') return { type, value: await client.lrange(key, 0, -1) };
  if (type === 'set') return { type, value: (await client.smembers(key)).toSorted() };
  if (type === 'stream') {
    const entries = await client.xrange(key, '-', '+');
    return { type, value: entries.map(([, flat]) => pairs(flat)) };
  }
  if (type !== 'zset') throw new Error(`a key of type ${type} cannot be compared yet: ${key}`);
  const flat = await client.zrange(key, '0', '-1', 'WITHSCORES');
  const value: Record<string, number> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) value[String(flat[i])] = Number(flat[i + 1]);
  return { type, value };
}

function pairs(flat: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[String(flat[i])] = String(flat[i + 1]);
  return fields;
}
