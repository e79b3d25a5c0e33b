/** HSET, HSETNX, HGET, HMGET, HGETALL, HINCRBY and HDEL. */
import { toBytes, type Bytes } from '../bytes.js';
import { CommandFault } from '../command-fault.js';
import type { Keyspace } from '../keyspace/keyspace.js';
import type { Reply } from '../reply.js';
import type { Arguments } from './arguments.js';
import type { CommandFamily } from './command.js';
import { exactInteger, fitsInt64 } from './numbers.js';

type Fields = Map<Bytes, Bytes>;

export const hashes: CommandFamily = {
  HSET: {
    arity: -4,
    run: (args, { keyspace }) => {
      if (args.left % 2 === 0) throw new CommandFault("ERR wrong number of arguments for 'hset' command");
      const key = args.text();
      const fields = fieldsAt(keyspace, key) ?? newHash(keyspace, key);
      const before = fields.size;
      while (args.left > 0) fields.set(args.text(), args.text());
      return fields.size - before;
    },
  },
  HSETNX: {
    arity: 4,
    run: (args, { keyspace }) => {
      const key = args.text();
      const field = args.text();
      const fields = fieldsAt(keyspace, key) ?? newHash(keyspace, key);
      if (fields.has(field)) return 0;
      fields.set(field, args.text());
      return 1;
    },
  },
  HGET: {
    arity: 3,
    run: (args, { keyspace }) => fieldsAt(keyspace, args.text())?.get(args.text()) ?? null,
  },
  HMGET: {
    arity: -3,
    run: (args, { keyspace }) => {
      const fields = fieldsAt(keyspace, args.text());
      return args.rest().map((field) => fields?.get(field) ?? null);
    },
  },
  // In the order in which they came. Redis keeps that order only while a hash is small.
  HGETALL: { arity: 2, run: (args, { keyspace }) => [...(fieldsAt(keyspace, args.text()) ?? [])].flat() },
  HINCRBY: { arity: 4, run: (args, { keyspace }) => increase(args, keyspace) },
  HDEL: {
    arity: -3,
    run: (args, { keyspace }) => {
      const key = args.text();
      const fields = fieldsAt(keyspace, key);
      if (fields === undefined) return 0;
      const removed = args.rest().filter((field) => fields.delete(field)).length;
      if (fields.size === 0) keyspace.delete(key);
      return removed;
    },
  },
};

const fieldsAt = (keyspace: Keyspace, key: Bytes): Fields | undefined => keyspace.read(key, 'hash')?.fields;

function newHash(keyspace: Keyspace, key: Bytes): Fields {
  const fields: Fields = new Map();
  keyspace.write(key, { type: 'hash', fields });
  return fields;
}

function increase(args: Arguments, keyspace: Keyspace): Reply {
  const [key, field, by] = [args.text(), args.text(), args.exactInteger()];
  const fields = fieldsAt(keyspace, key) ?? newHash(keyspace, key);
  const before = exactInteger(fields.get(field) ?? '0');
  if (before === undefined) throw new CommandFault('ERR hash value is not an integer');
  const after = before + by;
  if (!fitsInt64(after)) throw new CommandFault('ERR increment or decrement would overflow');
  fields.set(field, toBytes(String(after)));
  // Lua counts in doubles: what a script is told of a large number is rounded there, too.
  return Number(after);
}
