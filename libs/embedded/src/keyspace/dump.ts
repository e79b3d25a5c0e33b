/** A whole keyspace as plain data, for tests to compare. */
import { toText } from '../bytes.js';
import type { Keyspace } from './keyspace.js';
import { formatId, GREATEST_ID } from './stream.js';
import type { Value } from './value.js';

/** A key's value as plain data. */
export type DumpedValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'hash'; readonly value: Readonly<Record<string, string>> }
  | { readonly type: 'zset'; readonly value: readonly (readonly [member: string, score: number])[] }
  /** Fields and values in turn. */
  | {
      readonly type: 'stream';
      readonly value: readonly (readonly [id: string, fields: readonly string[]])[];
    };

/** A key as plain data; `ttlMs` is -1 if it never expires. */
export type DumpedKey = DumpedValue & { readonly ttlMs: number };

/** Everything in it, by key, keys in the order of their names. */
export function dumpOf(keyspace: Keyspace): Readonly<Record<string, DumpedKey>> {
  const keys = keyspace.keys().toSorted();
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = keyspace.peek(key);
      return value === undefined ? [] : [[toText(key), { ...plain(value), ttlMs: keyspace.ttlOf(key) }]];
    }),
  );
}

function plain(value: Value): DumpedValue {
  switch (value.type) {
    case 'string':
      return { type: 'string', value: toText(value.text) };
    case 'hash': {
      const fields = [...value.fields].map(([field, text]) => [toText(field), toText(text)] as const);
      return { type: 'hash', value: Object.fromEntries(fields.toSorted(([a], [b]) => (a < b ? -1 : 1))) };
    }
    case 'zset':
      return {
        type: 'zset',
        value: value.members.slice(0, -1).map(({ member, score }) => [toText(member), score]),
      };
    case 'stream':
      return {
        type: 'stream',
        value: value.entries
          .between(0n, GREATEST_ID)
          .map(({ id, words }) => [formatId(id), words.map(toText)]),
      };
  }
}
