/** What a key may hold. A new type of Redis is a member of this union, and a case in `dump.ts`. */
import type { Bytes } from '../bytes.js';
import type { SortedSet } from './sorted-set.js';
import type { Stream } from './stream.js';

export type Value =
  | { readonly type: 'string'; readonly text: Bytes }
  | { readonly type: 'hash'; readonly fields: Map<Bytes, Bytes> }
  | { readonly type: 'zset'; readonly members: SortedSet }
  | { readonly type: 'stream'; readonly entries: Stream };

/** The types by the names that the TYPE command gives them. */
export type ValueType = Value['type'];
