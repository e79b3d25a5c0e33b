/** What a replica has of its primary. */
import { Keyspace } from '../../libs/embedded/src/keyspace/keyspace.js';
import { SortedSet } from '../../libs/embedded/src/keyspace/sorted-set.js';
import type { Value } from '../../libs/embedded/src/keyspace/value.js';

export function copyOf(original: Keyspace, nowMs: number): Keyspace {
  const copy = new Keyspace();
  copy.moveTo(nowMs);
  for (const key of original.keys()) {
    const value = original.peek(key);
    if (value === undefined) continue;
    copy.write(key, valueCopy(value));
    const expiresAt = original.expiryOf(key);
    if (expiresAt !== undefined) copy.expireAt(key, expiresAt);
  }
  return copy;
}

function valueCopy(value: Value): Value {
  switch (value.type) {
    case 'string':
      return value;
    case 'hash':
      return { type: 'hash', fields: new Map(value.fields) };
    case 'zset': {
      const members = new SortedSet();
      for (const { member, score } of value.members.slice(0, -1)) members.add(member, score);
      return { type: 'zset', members };
    }
    case 'stream':
      throw new Error('locks keep no streams');
  }
}
